// When the server writes, and what is unacknowledged at the fault.

#include "detectors/theory/socket_events.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// The single write of one-write is a timer's work, and may be that late.
constexpr Duration write_late = 10ms;
/// in-flight writes less than this before the fault.
constexpr Duration in_flight_before = 1ms;
/// How long a client that is well may take to acknowledge: TCP_DELACK_MIN, and TCP_DELACK_MAX
/// (include/net/tcp.h).
constexpr Duration delayed_ack = 40ms;
constexpr Duration delayed_ack_most = 200ms;
/// The buffer is filled about when watching begins, before or after it, and shut this much off at most.
constexpr Duration filling = 250ms;

} // namespace

Flight flight_of(const Situation& s) {
    return {s.kernel, s.rto, s.srtt, static_cast<int>(std::max(1u, s.unacked))};
}

Window retransmission_of(const Situation& s, int n) {
    Flight f = flight_of(s);
    if (s.traffic != Traffic::sending)
        return retransmission(f, n);
    f.segments = 1;
    Flight without_probe = f;
    without_probe.kernel.tail_loss_probe = false;
    return {retransmission(without_probe, n).from, retransmission(f, n).to};
}

std::optional<Window> next_write_of(const Situation& s, std::optional<Window> own_write) {
    std::optional<Window> profile;
    if (s.traffic == Traffic::one_write)
        profile = {one_write_after_fault, one_write_after_fault + write_late};
    if (s.traffic == Traffic::sending)
        profile = {0ns, info(s.traffic).server_interval};
    if (!profile)
        return own_write;
    if (!own_write)
        return profile;
    return Window{std::min(profile->from, own_write->from), std::min(profile->to, own_write->to)};
}

std::optional<Window> unanswered_write_of(const Situation& s, std::optional<Window> own_write) {
    if (s.traffic == Traffic::in_flight)
        return Window{-in_flight_before, 0ns};
    const std::optional<Window> next = next_write_of(s, own_write);
    // The write before the fault may not have been acknowledged yet.
    if (s.traffic == Traffic::sending)
        return Window{-delayed_ack, next->to};
    if (s.unacked > 0)
        return Window{-delayed_ack_most, 0ns};
    return next;
}

Window window_closed_before(const Situation& s) {
    const Window watched = s.watch_before_fault;
    return {std::max<Duration>(0ns, watched.from - filling), watched.to + filling};
}

} // namespace halfopen
