#include "detectors/theory/retransmission.h"

#include <bit>

#include "detectors/theory/icmp.h"
#include "detectors/theory/wheel.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {
constexpr Duration model_base = 200ms; // TCP_RTO_MIN
constexpr Duration probe_floor = 2ms;  // TCP_TIMEOUT_MIN_US
} // namespace

int64_t backed_off(const Flight& f, int doublings) {
    const int64_t most = to_jiffies(f.kernel.rto_max, f.kernel.hz);
    int64_t rto = to_jiffies(f.rto, f.kernel.hz);
    for (int i = 0; i < doublings && rto < most; ++i)
        rto *= 2;
    return std::min(rto, most);
}

int64_t tail_loss_probe(const Flight& f) {
    const Duration wait = 2 * f.srtt + (f.segments == 1 ? f.kernel.rto_min : probe_floor);
    return std::min(to_jiffies(wait, f.kernel.hz), backed_off(f, 0));
}

namespace {

/// The longest timer of a chain, which decides how many phases there are.
Duration longest_timer(const Flight& f) { return std::max(f.rto, f.kernel.rto_max); }

/// Jiffy of the n-th retransmission of what was written at jiffy `now`.
int64_t nth_retransmission(const Flight& f, int64_t now, int n) {
    if (f.kernel.tail_loss_probe)
        now = fires_at(now, tail_loss_probe(f));
    for (int i = 0; i < n; ++i)
        now = fires_at(now, backed_off(f, i));
    return now;
}

Flight without_probe(Flight f) {
    f.kernel.tail_loss_probe = f.crowded = false;
    return f;
}

/// The jiffies at which a connection sends for the last time, and ends, when its first retransmission was at
/// jiffy `stamp`.
struct End {
    int64_t last_try;
    int64_t end;
};
End run_to_end(const Flight& f, Duration user_timeout, int64_t stamp) {
    const int hz = f.kernel.hz;
    const bool clamped = user_timeout > Duration::zero();
    const Duration limit =
        clamped ? user_timeout : retransmission_budget(f.kernel.retries2, f.kernel.rto_max);
    int64_t now = stamp;
    for (int expiry = 1;; ++expiry) {
        int64_t wait = backed_off(f, expiry);
        // tcp_clamp_rto_to_user_timeout() shortens the last wait to what is left of the user timeout.
        const Duration left = limit - from_jiffies(now - stamp, hz);
        if (clamped)
            wait = std::min(wait, std::max<int64_t>(1, to_jiffies(left, hz)));
        const int64_t before = now;
        now = fires_at(now, wait);
        if (from_jiffies(now - stamp, hz) >= limit)
            return {before, now};
    }
}

} // namespace

Duration retransmission_timeout(Duration round_trip, int samples, const KernelFacts& kernel) {
    Duration deviation = 2 * round_trip; // Four times the mean deviation, as mdev_us is.
    Duration most = std::max(deviation, kernel.rto_min), variation = most;
    for (int i = 1; i < samples; ++i) {
        deviation -= deviation / 4;
        most = std::max(most, deviation);
        if (most < variation)
            variation -= (variation - most) / 4;
        most = kernel.rto_min;
    }
    return from_jiffies(to_jiffies(round_trip + variation, kernel.hz), kernel.hz);
}

Duration retransmission_budget(int retries, Duration rto_max) {
    const auto ratio = static_cast<uint64_t>(std::max<int64_t>(1, rto_max / model_base));
    const int doublings = std::bit_width(ratio) - 1; // ilog2()
    if (retries <= doublings)
        return ((int64_t{2} << retries) - 1) * model_base;
    return ((int64_t{2} << doublings) - 1) * model_base + (retries - doublings) * rto_max;
}

Window first_resend(const Flight& f) {
    // A second write in flight makes the probe come at once (tcp_schedule_loss_probe()).
    if (f.crowded) {
        Flight alone = f;
        alone.crowded = false;
        return {Duration::zero(), first_resend(alone).to};
    }
    const int64_t wait = f.kernel.tail_loss_probe ? tail_loss_probe(f) : backed_off(f, 0);
    const auto chain = [&](int64_t start) { return fires_at(start, wait); };
    return from_event(over_phases(f.kernel.hz, longest_timer(f), chain), f.kernel.hz);
}

Window retransmission(const Flight& f, int n) {
    if (f.icmp.after.to > 0ns)
        return late_answered_retransmission(f, n);
    if (f.icmp.undoes_backoff)
        return answered_retransmission(f, n);
    if (f.crowded) {
        Flight alone = f;
        alone.crowded = false;
        alone.segments = 1;
        return {retransmission(without_probe(f), n).from, retransmission(alone, n).to};
    }
    const auto chain = [&](int64_t start) { return nth_retransmission(f, start, n); };
    return from_event(over_phases(f.kernel.hz, longest_timer(f), chain), f.kernel.hz);
}

Window giving_up(const Flight& f, Duration user_timeout) {
    if (f.icmp.after.to > 0ns)
        return late_answered_giving_up(f, user_timeout);
    if (f.icmp.undoes_backoff)
        return answered_giving_up(f, user_timeout);
    const auto chain = [&](int64_t stamp) { return run_to_end(f, user_timeout, stamp).end; };
    return over_phases(f.kernel.hz, longest_timer(f), chain);
}

Window last_try(const Flight& f, Duration user_timeout) {
    const auto chain = [&](int64_t stamp) { return run_to_end(f, user_timeout, stamp).last_try; };
    return over_phases(f.kernel.hz, longest_timer(f), chain);
}

Window unanswered_write(const Flight& f, Duration user_timeout) {
    return retransmission(f, 1) + giving_up(f, user_timeout);
}

int tries_within(const Flight& f, Duration limit) {
    int tries = 1;
    if (f.kernel.tail_loss_probe && first_resend(f).to < limit)
        ++tries;
    for (int n = 1; retransmission(f, n).to < limit; ++n)
        ++tries;
    return tries;
}

} // namespace halfopen
