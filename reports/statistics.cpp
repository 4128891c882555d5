#include "reports/statistics.h"

#include <cmath>

namespace halfopen {

namespace {

constexpr double doubt = 0.05; // one-sided; each side of a two-sided interval takes half

/// P(X < k) for X binomial with n trials of probability p.
double binomial_below(int k, int n, double p) {
    double sum = 0;
    for (int i = 0; i < k; ++i)
        sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) +
                        i * std::log(p) + (n - i) * std::log1p(-p));
    return sum;
}

/// P(X <= k) for X Poisson with mean mu.
double poisson_up_to(int k, double mu) {
    double sum = 0;
    for (int i = 0; i <= k; ++i)
        sum += std::exp(i * std::log(mu) - mu - std::lgamma(i + 1.0));
    return sum;
}

/// Where a function that falls on [low, high] crosses `level`.
template <typename Function> double crossing(Function falling, double level, double low, double high) {
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (falling(middle) > level ? low : high) = middle;
    }
    return (low + high) / 2;
}

} // namespace

Duration median(const std::vector<Duration>& sorted) {
    const size_t n = sorted.size();
    if (n % 2 == 1)
        return sorted[n / 2];
    return sorted[n / 2 - 1] + (sorted[n / 2] - sorted[n / 2 - 1]) / 2;
}

Duration quantile(const std::vector<Duration>& sorted, double share) {
    const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(sorted.size()) - 1e-9));
    return sorted[std::min(rank > 0 ? rank - 1 : 0, sorted.size() - 1)];
}

std::optional<std::pair<int, int>> median_ranks(int n) {
    int lower = 0;
    while (lower < n / 2 && binomial_below(lower + 1, n, 0.5) <= doubt / 2)
        ++lower;
    if (lower == 0)
        return std::nullopt;
    return std::pair{lower, n + 1 - lower};
}

double share_at_least(int k, int n) {
    if (k <= 0)
        return 0;
    // P(X >= k) = 1 - P(X < k) rises with p; at the bound it is the doubt that is left.
    return crossing([&](double p) { return binomial_below(k, n, p); }, 1 - doubt, 0, 1);
}

double rate_below(int events, double exposure) {
    const double high = 10 + 3.0 * events;
    return crossing([&](double mu) { return poisson_up_to(events, mu); }, doubt, 0, high) / exposure;
}

} // namespace halfopen
