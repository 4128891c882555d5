#include "detectors/theory/arrivals.h"

#include <algorithm>
#include <cmath>

namespace halfopen {

namespace {

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
Duration from_seconds(double s) { return Duration{static_cast<int64_t>(s * 1e9)}; }

/// Minus the decimal logarithm of the chance that a normal variable lies more than `z` deviations above its
/// mean.
double phi_of(double z) { return -std::log10(0.5 * std::erfc(z / std::sqrt(2.0))); }

/// The inverse by halving: phi grows with z, and 30 deviations are more than any threshold asks for.
double deviations_at(double phi) {
    double low = -10, high = 30;
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (phi_of(middle) < phi ? low : high) = middle;
    }
    return high;
}

} // namespace

Duration silence_at_phi(double threshold, Duration mean, Duration deviation) {
    return mean + from_seconds(deviations_at(threshold) * seconds(deviation));
}

void PhiEstimate::heard(Instant now) {
    if (last_ != Instant{})
        intervals_.push_back(now - last_);
    if (intervals_.size() > 1000)
        intervals_.pop_front();
    last_ = now;
}

Duration PhiEstimate::silence(double threshold) const {
    if (intervals_.empty())
        return silence_at_phi(threshold, promised_, least_deviation(promised_));
    const auto count = static_cast<double>(intervals_.size());
    double mean = 0;
    for (const Duration d : intervals_)
        mean += seconds(d) / count;
    double variance = 0;
    for (const Duration d : intervals_)
        variance += (seconds(d) - mean) * (seconds(d) - mean) / count;
    const Duration deviation = std::max(from_seconds(std::sqrt(variance)), least_deviation(promised_));
    return silence_at_phi(threshold, from_seconds(mean), deviation);
}

void ExpectedArrival::heard(Instant now) {
    ++number_;
    taken_back_.push_back(now - number_ * promised_);
    if (taken_back_.size() > 32)
        taken_back_.pop_front();
}

Instant ExpectedArrival::expected(int ahead) const {
    if (taken_back_.empty())
        return begin_ + ahead * promised_;
    const Instant first = taken_back_.front();
    Duration later{0};
    for (const Instant each : taken_back_)
        later += (each - first) / static_cast<int64_t>(taken_back_.size());
    return first + later + (number_ + ahead) * promised_;
}

void SmoothedInterval::heard(Instant now) {
    if (last_ != Instant{}) {
        const Duration error = now - last_ - smoothed_;
        smoothed_ += error / 8;
        deviation_ += (std::chrono::abs(error) - deviation_) / 4;
    }
    last_ = now;
}

Duration SmoothedInterval::patience() const { return smoothed_ + std::max(4 * deviation_, promised_ / 2); }

Duration SmoothedInterval::patience_after(Duration promised, int64_t count) {
    SmoothedInterval interval(promised);
    Instant now{promised};
    // After some forty intervals the deviation has long reached its floor.
    for (int64_t i = 0; i <= std::min<int64_t>(count, 40); ++i, now += promised)
        interval.heard(now);
    return interval.patience();
}

} // namespace halfopen
