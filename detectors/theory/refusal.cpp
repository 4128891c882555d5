#include "detectors/theory/refusal.h"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "detectors/theory/keepalive.h"
#include "detectors/theory/one_way.h"
#include "detectors/theory/persist.h"
#include "detectors/theory/silence.h"
#include "detectors/theory/wheel.h"
#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;
using Kind = SocketEvent::Kind;

namespace {

constexpr Duration local_congestion = 500ms; // TCP_RESOURCE_PROBE_INTERVAL

bool is_dropped(const Situation& s) { return s.particulars.refusal == Refusal::drop; }

std::string_view why_refused(const Situation& s) {
    return is_dropped(s) ? "the server's own queueing discipline drops it, and TCP is told"
                         : "the server's own kernel has no way to send it";
}

/// The first wait of the persist timer (tcp_probe0_base()).
int64_t first_wait(const Flight& f) { return to_jiffies(std::max<Duration>(f.rto, 200ms), f.kernel.hz); }

/// The jiffy of the n-th try of what was dropped at jiffy `now`.
int64_t nth_dropped_try(const Flight& f, int64_t now, int n) {
    now = fires_at(now, first_wait(f));
    for (int i = 1; i < n; ++i)
        now = fires_at(now, to_jiffies(local_congestion, f.kernel.hz));
    return now;
}

/// The user timeout counts from the first try, and shortens the last wait (tcp_clamp_probe0_to_user_timeout()).
Window dropped_until(const Flight& f, Duration user_timeout) {
    const int64_t limit = to_jiffies(user_timeout, f.kernel.hz), step = to_jiffies(local_congestion, f.kernel.hz);
    const auto chain = [&](int64_t now) {
        now = fires_at(now, first_wait(f));
        for (const int64_t first = now; now - first < limit;)
            now = fires_at(now, std::min(step, std::max(shortest_jiffies, limit - (now - first))));
        return now;
    };
    return from_event(over_phases(f.kernel.hz, std::max(f.rto, local_congestion), chain), f.kernel.hz);
}

/// From the refused write to the end of the connection.
Window end_of_write(const Situation& s, Duration user_timeout) {
    const Flight f = flight_of(s);
    if (user_timeout > 0ns)
        return is_dropped(s) ? dropped_until(f, user_timeout) : persist_abort(f, user_timeout);
    return refused_try(s, s.kernel.retries2 + 1);
}

SocketEvent write_refused(const Situation& s, const SocketTimers& t, Window write) {
    const Window end = end_of_write(s, t.user_timeout);
    const std::string gaps = is_dropped(s) ? "every half second" : fmt::format("with gaps that double up to {}", plain(s.kernel.rto_max));
    const std::string limit = t.user_timeout > 0ns
                                  ? fmt::format("{} (TCP_USER_TIMEOUT) after the first try", plain(t.user_timeout))
                                  : fmt::format("after {} tries (net.ipv4.tcp_retries2)", s.kernel.retries2);
    return {Kind::error,
            ETIMEDOUT,
            write + end,
            fmt::format("send() succeeds, but {}, so nothing is in flight: the persist timer tries again {} and gives up {}: "
                        "{} from the write",
                        why_refused(s), gaps, limit, in_seconds(end)),
            {fmt::format("{} after the fault: the server writes, and {}", in_seconds(write), why_refused(s)),
             fmt::format("{} after the write: the first try of the persist timer (tcp_probe_timer())",
                         in_seconds(refused_try(s, 1))),
             fmt::format("{} after the write: ETIMEDOUT, {}", in_seconds(end), limit)}};
}

/// The retransmission timer of data that was in flight, from its write: the expiries come on without anything being sent,
/// and the limit counts from the write itself, because no retransmission has left (tcp_retransmit_skb()).
struct Expiries {
    int64_t start, now;
    int done = 0;

    Expiries(const Flight& f, int64_t write) : start(write), now(write) {
        const int64_t rto = to_jiffies(f.rto, f.kernel.hz);
        const Duration wait = 2 * f.srtt + (f.segments == 1 ? f.kernel.rto_min : 2ms);
        if (f.kernel.tail_loss_probe)
            now = fires_at(now, std::min(rto, to_jiffies(wait, f.kernel.hz)));
        // A tail loss probe that was refused leaves to the timer what is left of its RTO (tcp_rearm_rto()).
        now = fires_at(now, std::max<int64_t>(1, start + rto - now));
        done = 1;
    }
    void next(const Situation& s, const Flight& f, int64_t limit) {
        int64_t wait = to_jiffies(local_congestion, f.kernel.hz);
        if (!is_dropped(s)) {
            wait = std::min(to_jiffies(f.rto, f.kernel.hz) << std::min(done, 20), to_jiffies(f.kernel.rto_max, f.kernel.hz));
            if (limit > 0)
                wait = std::min(wait, std::max<int64_t>(1, limit - (now - start)));
        }
        now = fires_at(now, wait);
        ++done;
    }
};

SocketEvent flight_refused(const Situation& s, const SocketTimers& t, Window write) {
    const Flight f = flight_of(s);
    const int hz = s.kernel.hz;
    const Duration limit = t.user_timeout > 0ns ? t.user_timeout : retransmission_budget(s.kernel.retries2, s.kernel.rto_max);
    const auto chain = [&](int64_t start) {
        Expiries timer(f, start);
        do
            timer.next(s, f, t.user_timeout > 0ns ? to_jiffies(limit, hz) : 0);
        while (from_jiffies(timer.now - start, hz) < limit);
        return timer.now;
    };
    const Window end = from_event(over_phases(hz, std::max(f.rto, f.kernel.rto_max), chain), hz);
    const int error = s.particulars.refusal_error != 0 ? s.particulars.refusal_error : ETIMEDOUT;
    return {Kind::error,
            error,
            write + end,
            fmt::format("what was in flight cannot be sent again, because {}: the limit, {}, counts from the write itself: {}, "
                        "and the errno is that of the refusal",
                        why_refused(s), in_seconds(limit), in_seconds(end)),
            {fmt::format("{} after the fault: the write that stays unanswered", in_seconds(write)),
             fmt::format("{} after the write: the retransmission timer, and nothing leaves (tcp_retransmit_skb())",
                         in_seconds(refused_retransmission(s, 1))),
             fmt::format("{} after the write: the first expiry beyond {}", in_seconds(end), in_seconds(limit))}};
}

bool has_flight(const Situation& s) {
    return !s.client_is_heard && (s.traffic == Traffic::in_flight || s.unacked > 0);
}

} // namespace

std::optional<Window> refused_write_of(const Situation& s, std::optional<Window> own_write) {
    return has_flight(s) ? std::nullopt : next_write_of(s, own_write);
}

Window refused_try(const Situation& s, int n) {
    const Flight f = flight_of(s);
    if (!is_dropped(s))
        return persist_tick(f, n - 1);
    const auto chain = [&](int64_t start) { return nth_dropped_try(f, start, n); };
    return from_event(over_phases(f.kernel.hz, std::max<Duration>(f.rto, local_congestion), chain), f.kernel.hz);
}

Window refused_retransmission(const Situation& s, int n) {
    const Flight f = flight_of(s);
    const auto chain = [&](int64_t start) {
        Expiries timer(f, start);
        while (timer.done < n)
            timer.next(s, f, 0);
        return timer.now;
    };
    return from_event(over_phases(s.kernel.hz, std::max(f.rto, f.kernel.rto_max), chain), s.kernel.hz);
}

SocketEvent refused(const Situation& s, const SocketTimers& t, std::optional<Window> own_write) {
    if (has_flight(s))
        return flight_refused(s, t, *unanswered_write_of(s, own_write));
    if (const auto write = refused_write_of(s, own_write))
        return write_refused(s, t, *write);
    if (t.keepalive && is_dropped(s))
        return {Kind::never,
                0,
                {},
                "a keepalive probe that the server's own queueing discipline drops does not count as unanswered: the kernel "
                "tries again every half second, for ever (tcp_keepalive_timer())",
                {}};
    if (t.keepalive && s.client_is_heard && info(s.traffic).client_interval > 0ns)
        return probes_between_retransmissions(s, t);
    if (t.keepalive)
        return probes_unanswered(s, t);
    return {Kind::never, 0, {}, "the server sends nothing that could be refused, and no timer of the kernel is armed", {}};
}

} // namespace halfopen
