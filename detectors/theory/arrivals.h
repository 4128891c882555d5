#pragma once
// When the next message of a regular sender is due, learned from the ones that came: the mathematics of the
// adaptive failure detectors.
//
// All three begin with the interval that the sender promised and learn from there. A quiet path is so regular
// that a deviation learned from it alone is nearly zero, and then the first late message convicts; so each
// has a floor (Akka's failure detector and TCP's own RTO have one too).

#include <deque>

#include "harness/base/time.h"

namespace halfopen {

/// The silence after a message at which phi reaches `threshold`, for intervals that are normally distributed:
/// phi = -log10(the chance that the next message comes later still) (Hayashibara, Defago, Yared, Katayama:
/// "The phi accrual failure detector", SRDS 2004, section 4). At phi 1 one suspicion in ten is wrong, at 3
/// one in a thousand.
Duration silence_at_phi(double threshold, Duration mean, Duration deviation);

/// The intervals between the last 1000 messages, as that paper keeps them.
class PhiEstimate {
public:
    explicit PhiEstimate(Duration promised) : promised_(promised) {}
    void heard(Instant);
    /// The silence, from the last message, at which phi will have reached `threshold`.
    Duration silence(double threshold) const;
    /// The deviation is taken for at least a tenth of the promised interval (Akka: min-std-deviation, 100 ms
    /// of 1 s).
    static Duration least_deviation(Duration promised) { return promised / 10; }

private:
    Duration promised_;
    Instant last_{};
    std::deque<Duration> intervals_;
};

/// NFD-E of Chen, Toueg and Aguilera ("On the quality of service of failure detectors", IEEE Transactions on
/// Computers 51(5), 2002, section 6): message number i, taken back by i intervals, says when number 0 should
/// have come; the average over the last 32, as in the simulations there, says when the next will.
class ExpectedArrival {
public:
    /// Message number 0 is the beginning: until one has come, the first is expected an interval after it.
    ExpectedArrival(Duration promised, Instant begin) : promised_(promised), begin_(begin) {}
    void heard(Instant);
    /// When the message that follows the last one is expected, or the one `ahead` of it.
    Instant expected(int ahead = 1) const;

private:
    Duration promised_;
    Instant begin_;
    int64_t number_ = 0; ///< TCP loses none and keeps their order, so counting them numbers them
    std::deque<Instant> taken_back_;
};

/// Jacobson's smoothed interval and mean deviation, with the gains of RFC 6298, section 2: 1/8 and 1/4. The
/// promise is the first sample, so the deviation begins at half of it.
class SmoothedInterval {
public:
    explicit SmoothedInterval(Duration promised)
        : promised_(promised), smoothed_(promised), deviation_(promised / 2) {}
    void heard(Instant);
    /// How long to wait from the last message: the smoothed interval and four deviations, these being taken
    /// for at least half the promised interval, as TCP's are for rto_min.
    Duration patience() const;
    /// The same after `count` intervals that were exactly as promised.
    static Duration patience_after(Duration promised, int64_t count);

private:
    Duration promised_, smoothed_, deviation_;
    Instant last_{};
};

} // namespace halfopen
