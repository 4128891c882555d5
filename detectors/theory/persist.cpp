#include "detectors/theory/persist.h"

#include "detectors/theory/wheel.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

constexpr int64_t shortest_jiffies = 2; // TCP_TIMEOUT_MIN

int64_t gap(const Flight& f, int doublings) {
    const int64_t most = to_jiffies(f.kernel.rto_max, f.kernel.hz);
    int64_t wait = to_jiffies(std::max<Duration>(f.rto, 200ms), f.kernel.hz); // tcp_probe0_base()
    for (int i = 0; i < doublings && wait < most; ++i)
        wait *= 2;
    return std::min(wait, most);
}

} // namespace

Window persist_tick(const Flight& f, int i) {
    const auto chain = [&](int64_t now) {
        for (int k = 0; k <= i; ++k)
            now = fires_at(now, gap(f, k));
        return now;
    };
    return from_event(over_phases(f.kernel.hz, f.kernel.rto_max, chain), f.kernel.hz);
}

Window persist_abort(const Flight& f, Duration user_timeout) {
    const int64_t limit = to_jiffies(user_timeout, f.kernel.hz);
    const auto chain = [&](int64_t now) {
        now = fires_at(now, gap(f, 0));
        const int64_t first = now; // icsk_probes_tstamp
        for (int k = 1; now - first < limit; ++k) {
            // tcp_clamp_probe0_to_user_timeout() shortens the last wait.
            const int64_t left = std::max(shortest_jiffies, limit - (now - first));
            now = fires_at(now, std::min(left, gap(f, k)));
        }
        return now;
    };
    return from_event(over_phases(f.kernel.hz, f.kernel.rto_max, chain), f.kernel.hz);
}

ProbesBefore probes_before(const Flight& f, Window closed_before) {
    ProbesBefore probes;
    while (persist_tick(f, probes.least).to < closed_before.from)
        ++probes.least;
    probes.most = probes.least;
    while (persist_tick(f, probes.most).from < closed_before.to)
        ++probes.most;
    return probes;
}

} // namespace halfopen
