// The mathematics of the adaptive failure detectors, against tables.

#include "support/catch.h"

#include "detectors/theory/arrivals.h"
#include "tests/detectors/windows.h"

using namespace halfopen;
using namespace halfopen::windows;
using namespace std::chrono_literals;

namespace {

/// Messages that come every two seconds, from time 100 s on, each late by so much.
template <typename Estimate> void hear(Estimate& estimate, std::initializer_list<Duration> late) {
    Instant due{100s};
    for (const Duration d : late) {
        estimate.heard(due + d);
        due += 2s;
    }
}

void require_near(Duration is, double expected) {
    INFO(static_cast<double>(is.count()) / 1e9 << " s, expected " << expected << " s");
    CHECK(std::abs(is.count() - seconds(expected).count()) <= 1'000'000);
}

} // namespace

TEST_CASE("phi is the quantile of the normal distribution") {
    // Upper quantiles of the standard normal distribution for 1e-1, 1e-3, 1e-8, 1e-12 (Abramowitz and Stegun, table
    // 26.5 and its continuation; the same as qnorm() of R).
    const std::pair<double, double> table[] = {{1, 1.2816}, {3, 3.0902}, {8, 5.6120}, {12, 7.0345}};
    for (const auto& [phi, deviations] : table)
        require_near(silence_at_phi(phi, 2s, 1s), 2 + deviations);
}

TEST_CASE("phi believes the promise until two messages came, and its deviation has a floor") {
    PhiEstimate estimate(2s);
    require_near(estimate.silence(8), 2 + 0.2 * 5.6120);
    hear(estimate, {0ms, 0ms, 0ms});
    require_near(estimate.silence(8), 2 + 0.2 * 5.6120);
}

TEST_CASE("phi waits longer for a client whose intervals vary") {
    PhiEstimate estimate(2s);
    // Intervals of 1 and 3 s: mean 2 s, deviation 1 s.
    hear(estimate, {500ms, -500ms, 500ms, -500ms, 500ms});
    require_near(estimate.silence(8), 2 + 5.6120);
    require_near(estimate.silence(1), 2 + 1.2816);
}

TEST_CASE("phi forgets what is more than a thousand intervals ago") {
    PhiEstimate estimate(2s);
    Instant now{100s};
    for (int i = 0; i < 1100; ++i, now += i < 50 ? 7s : 2s)
        estimate.heard(now);
    require_near(estimate.silence(8), 2 + 0.2 * 5.6120);
}

TEST_CASE("an expected arrival does not move with one message that was late") {
    ExpectedArrival arrival(2s, Instant{100s});
    CHECK(arrival.expected() == Instant{102s});
    hear(arrival, {0ms, 0ms, 0ms, 400ms}); // at 100, 102, 104 and 106.4 s
    CHECK(arrival.expected() == Instant{108100ms});
    CHECK(arrival.expected(2) == Instant{110100ms});
}

TEST_CASE("an expected arrival follows the last 32 messages") {
    ExpectedArrival arrival(2s, Instant{100s});
    Instant now{100s};
    for (int i = 0; i < 200; ++i, now += 2s)
        arrival.heard(i < 100 ? now + 1s : now);
    CHECK(arrival.expected() == now);
}

TEST_CASE("a smoothed interval begins as TCP's RTO does and comes down to its floor") {
    // RFC 6298, 2.2: the first sample's deviation is half of it, so 2 s + 4 x 1 s; then it shrinks by a quarter at
    // a time (2.3), and is never below half of the promised interval.
    const double patience[] = {6, 5, 4.25, 3.6875, 3.265625, 3, 3};
    for (int64_t i = 0; i < 7; ++i)
        require_near(SmoothedInterval::patience_after(2s, i), patience[i]);
}

TEST_CASE("a smoothed interval grows with a late message and forgets it again") {
    SmoothedInterval interval(2s);
    hear(interval, {0ms, 0ms, 0ms, 0ms, 0ms, 0ms, 0ms, 0ms});
    require_near(interval.patience(), 3);
    // An interval of 4 s: the error is 2 s, an eighth of it smooths, a quarter of it deviates.
    Instant last{100s + 14s};
    interval.heard(last += 4s);
    CHECK(interval.patience() > 2.25s + 4 * 0.5s);
    CHECK(interval.patience() < 2.25s + 4 * 0.62s);
    for (int i = 0; i < 30; ++i)
        interval.heard(last += 2s);
    CHECK(interval.patience() < 3.05s);
}
