#include "detectors/theory/edges.h"

#include "detectors/theory/retransmission.h"
#include "detectors/theory/wheel.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

constexpr int orphan_retries = 8;
constexpr Duration fin_timeout = 60s;

/// From the SYN to the end of the timer that was armed `n` times before: 1 s, 2 s, 4 s, ...
Window synack_timer(const KernelFacts& kernel, int n) {
    const Window chain = over_phases(kernel.hz, 1s * (1 << n), [&](int64_t now) {
        for (int i = 0; i <= n; ++i)
            now = fires_at(now, to_jiffies(1s * (1 << i), kernel.hz));
        return now;
    });
    return from_event(chain, kernel.hz);
}

/// What was in flight, and the FIN behind it.
Flight left_behind(const Situation& s) {
    Flight left{s.kernel, s.rto, s.srtt, static_cast<int>(s.unacked) + 1};
    left.kernel.retries2 = orphan_retries;
    return left;
}

} // namespace

Window synack_resent(const KernelFacts& kernel, int n) { return synack_timer(kernel, n - 1); }
Window synack_given_up(const KernelFacts& kernel) { return synack_timer(kernel, synack_retries); }

Window orphan_resends(const Situation& s, int n) { return retransmission(left_behind(s), n); }

std::optional<Window> sent_again(const Situation& s, int n) {
    if (s.stage == Stage::syn_received && n <= synack_retries)
        return synack_resent(s.kernel, n);
    if (s.stage == Stage::orphan && s.effect == Effect::silence)
        return orphan_resends(s, n);
    return std::nullopt;
}

Window orphan_given_up(const Situation& s) { return unanswered_write(left_behind(s), 0ns); }

Window orphan_waits_for_fin(const KernelFacts& kernel) { return from_event(timer(fin_timeout, kernel.hz), kernel.hz); }

} // namespace halfopen
