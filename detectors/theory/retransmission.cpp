#include "detectors/theory/retransmission.h"

#include <bit>

#include "detectors/theory/wheel.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

constexpr Duration model_base = 200ms; // TCP_RTO_MIN
constexpr Duration probe_floor = 2ms;  // TCP_TIMEOUT_MIN_US

/// The RTO after `doublings`, in jiffies (tcp_retransmit_timer()).
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

} // namespace

Duration retransmission_budget(int retries, Duration rto_max) {
    const auto ratio = static_cast<uint64_t>(std::max<int64_t>(1, rto_max / model_base));
    const int doublings = std::bit_width(ratio) - 1; // ilog2()
    if (retries <= doublings)
        return ((int64_t{2} << retries) - 1) * model_base;
    return ((int64_t{2} << doublings) - 1) * model_base + (retries - doublings) * rto_max;
}

Window first_resend(const Flight& f) {
    const int64_t wait = f.kernel.tail_loss_probe ? tail_loss_probe(f) : backed_off(f, 0);
    const auto chain = [&](int64_t start) { return fires_at(start, wait); };
    return from_event(over_phases(f.kernel.hz, longest_timer(f), chain), f.kernel.hz);
}

Window retransmission(const Flight& f, int n) {
    const auto chain = [&](int64_t start) { return nth_retransmission(f, start, n); };
    return from_event(over_phases(f.kernel.hz, longest_timer(f), chain), f.kernel.hz);
}

Window giving_up(const Flight& f, Duration user_timeout) {
    const int hz = f.kernel.hz;
    const bool clamped = user_timeout > Duration::zero();
    const Duration limit =
        clamped ? user_timeout : retransmission_budget(f.kernel.retries2, f.kernel.rto_max);
    const auto chain = [&](int64_t stamp) {
        int64_t now = stamp;
        for (int expiry = 1;; ++expiry) {
            int64_t wait = backed_off(f, expiry);
            // tcp_clamp_rto_to_user_timeout() shortens the last wait to what is left of the user timeout.
            const Duration left = limit - from_jiffies(now - stamp, hz);
            if (clamped)
                wait = std::min(wait, std::max<int64_t>(1, to_jiffies(left, hz)));
            now = fires_at(now, wait);
            if (from_jiffies(now - stamp, hz) >= limit)
                return now;
        }
    };
    return over_phases(hz, longest_timer(f), chain);
}

Window unanswered_write(const Flight& f, Duration user_timeout) {
    return retransmission(f, 1) + giving_up(f, user_timeout);
}

} // namespace halfopen
