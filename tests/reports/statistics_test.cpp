#include "reports/statistics.h"

#include <cmath>

#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

TEST_CASE("the interval of the median has the known ranks") {
    struct Row {
        int n, lower, upper;
    };
    for (const Row& row : {Row{6, 1, 6}, Row{9, 2, 8}, Row{10, 2, 9}, Row{20, 6, 15}, Row{30, 10, 21},
                           Row{60, 22, 39}, Row{300, 133, 168}}) {
        INFO(row.n);
        CHECK(median_ranks(row.n) == std::pair{row.lower, row.upper});
    }
}

TEST_CASE("below six values the median has no interval") {
    for (int n = 0; n < 6; ++n)
        CHECK_FALSE(median_ranks(n));
}

TEST_CASE("n successes of n bound the true share from below") {
    struct Row {
        int n;
        double share;
    };
    for (const Row& row : {Row{3, 0.37}, Row{5, 0.55}, Row{6, 0.61}, Row{9, 0.72}, Row{10, 0.74},
                           Row{20, 0.86}, Row{30, 0.90}, Row{60, 0.95}, Row{300, 0.99}}) {
        INFO(row.n);
        CHECK(std::abs(share_at_least(row.n, row.n) - row.share) < 0.0051);
        CHECK(std::abs(share_at_least(row.n, row.n) - std::pow(0.05, 1.0 / row.n)) < 1e-9);
    }
    CHECK(share_at_least(0, 10) == 0);
    CHECK(std::abs(share_at_least(8, 10) - 0.49310) < 1e-4); // Clopper and Pearson, one-sided 95 %
}

TEST_CASE("events that did not happen bound their rate from above") {
    CHECK(std::abs(rate_below(0, 1) - 2.99573) < 1e-4);
    CHECK(std::abs(rate_below(1, 1) - 4.74386) < 1e-4);
    CHECK(std::abs(rate_below(10, 1) - 16.9622) < 1e-3);
    CHECK(std::abs(rate_below(0, 2.4) - 1.248) < 1e-3); // "0 in 2.4 h: below 1.25 per hour at 95 %"
}

TEST_CASE("the median of an even number of values lies between the two in the middle") {
    CHECK(median({3ns}) == 3ns);
    CHECK(median({1ns, 2ns, 9ns}) == 2ns);
    CHECK(median({1ns, 3ns, 5ns, 9ns}) == 4ns);
}

TEST_CASE("a quantile is one of the values") {
    const std::vector<Duration> values{1ns, 2ns, 3ns, 4ns};
    CHECK(quantile(values, 0.5) == 2ns);
    CHECK(quantile(values, 0.51) == 3ns);
    CHECK(quantile(values, 0.99) == 4ns);
    CHECK(quantile(values, 0) == 1ns);
}
