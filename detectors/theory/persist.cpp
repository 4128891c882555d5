#include "detectors/theory/persist.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "detectors/theory/wheel.h"
#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

constexpr Duration between_answers = 500ms; // net.ipv4.tcp_invalid_ratelimit, of the client's kernel

/// The gap before a probe. It doubles no more often than tcp_retries2 says (tcp_send_probe0()).
int64_t gap(const Flight& f, int doublings) {
    doublings = std::min(doublings, f.kernel.retries2);
    const int64_t most = to_jiffies(f.kernel.rto_max, f.kernel.hz);
    int64_t wait = to_jiffies(std::max<Duration>(f.rto, 200ms), f.kernel.hz); // tcp_probe0_base()
    for (int i = 0; i < doublings && wait < most; ++i)
        wait *= 2;
    return std::min(wait, most);
}

} // namespace

std::vector<Window> persist_ticks(const Flight& f, int count) {
    struct Range {
        int64_t least = std::numeric_limits<int64_t>::max(), most = 0;
    };
    std::vector<Range> ranges(static_cast<size_t>(count));
    const int hz = f.kernel.hz;
    const int64_t places = bucket_width(to_jiffies(f.kernel.rto_max, hz));
    // All ticks in one pass over the phases: a window may have been shut for hours before the fault.
    for (int64_t start = 0; start < places; ++start) {
        int64_t now = start;
        for (int k = 0; k < count; ++k) {
            now = fires_at(now, gap(f, k));
            Range& range = ranges[static_cast<size_t>(k)];
            range = {std::min(range.least, now - start), std::max(range.most, now - start)};
        }
    }
    std::vector<Window> ticks;
    for (const Range& range : ranges)
        ticks.push_back(from_event({from_jiffies(range.least, hz), from_jiffies(range.most, hz)}, hz));
    return ticks;
}

Window persist_tick(const Flight& f, int i) { return persist_ticks(f, i + 1).back(); }

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

std::optional<Duration> window_may_open(const Situation& s) {
    constexpr int64_t full_segment = 1448; // 1500 less the headers and their timestamps
    if (s.reads_per_second == 0)
        return std::nullopt;
    return full_segment * Duration{1s} / s.reads_per_second;
}

std::string may_open_first(Duration opens) {
    return fmt::format("the client reads at a trickle, and may have opened its window by then: it can {} after the fault, "
                       "when it has read a whole segment, and when it does depends on how its buffer was filled",
                       in_seconds(opens));
}

ProbesBefore probes_before(const Flight& f, Window closed_before) {
    // No gap is shorter than the first, and soon they double.
    constexpr int doublings = 16;
    const Duration longest = from_jiffies(gap(f, doublings), f.kernel.hz);
    const auto ticks = persist_ticks(f, static_cast<int>(closed_before.to / longest) + doublings);
    const auto count = [&](auto is_before) {
        return static_cast<int>(std::find_if_not(ticks.begin(), ticks.end(), is_before) - ticks.begin());
    };
    const int least = count([&](const Window& tick) { return tick.to < closed_before.from; });
    const int most = count([&](const Window& tick) { return tick.from < closed_before.to; });
    return {least, std::max(least, most)};
}

ProbesBefore answered_before(const Flight& f, Window closed_before) {
    const ProbesBefore sent = probes_before(f, closed_before);
    ProbesBefore answered{sent.most, 0};
    const int64_t wait = to_jiffies(between_answers, f.kernel.hz);
    int64_t since = wait; // from the last answer to this probe
    for (int probes = 0, last = 0; probes <= sent.most; ++probes) {
        if (probes > 0 && since >= wait) {
            last = probes;
            since = 0;
        }
        since += gap(f, probes);
        if (probes >= sent.least)
            answered = {std::min(answered.least, last), std::max(answered.most, last)};
    }
    return answered;
}

} // namespace halfopen
