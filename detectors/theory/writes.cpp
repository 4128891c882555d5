// When the server writes, and what is unacknowledged at the fault.

#include "detectors/theory/one_way.h"
#include "detectors/theory/outage.h"
#include "detectors/theory/socket_events.h"
#include "detectors/theory/wheel.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// The single write of one-write is a timer's work, and may be that late.
constexpr Duration write_late = 10ms;
/// in-flight writes less than this before the fault.
constexpr Duration in_flight_before = 1ms;
/// How long a client that is well may take to acknowledge: TCP_DELACK_MIN
/// (include/net/tcp.h), and delayed_ack_most at worst.
constexpr Duration delayed_ack = 40ms;
/// The buffer is filled about when watching begins, before or after it, and shut this much off at most.
constexpr Duration filling = 250ms;

/// The last answer that a server with requests wrote, or will write to a request that is on its way: from the
/// fault. The client acknowledges it one way later, at once or with a delay. Nothing when it was
/// acknowledged. An answer behind an unacknowledged one waits for that ACK (Nagle's algorithm; RFC 9293,
/// 3.7.4), whose last comes one way after the fault.
std::optional<Window> unanswered_answer(const Situation& s) {
    const Window request = s.message_before_fault;
    const Window answer{-request.to, -request.from};
    if (request.to < s.one_way)
        return Window{std::max(answer.from - info(s.traffic).client_interval, -s.one_way - delayed_ack_most),
                      std::max(answer.to, s.one_way)};
    if (s.unacked == 0)
        return std::nullopt;
    return Window{-s.one_way - delayed_ack_most, answer.to};
}

/// On a link with a delay, acknowledgements that are on their way at the fault still lower the RTO: by a
/// quarter of its variation at a time (tcp_rtt_estimator()), and not more than once in one way's time.
Flight with_lower_rto(Flight f) {
    f.rto = f.srtt + std::max(f.kernel.rto_min, (f.rto - f.srtt) * 3 / 4);
    return f;
}

Window earlier_of(Window a, std::optional<Window> b) {
    return b ? Window{std::min(a.from, b->from), std::min(a.to, b->to)} : a;
}

} // namespace

Flight flight_of(const Situation& s) {
    const bool keeps_writing =
        s.traffic == Traffic::sending || (s.traffic == Traffic::request_response && s.one_way > 0ns);
    Flight f{s.kernel, s.rto, s.srtt, static_cast<int>(std::max(1u, s.unacked)), keeps_writing};
    f.icmp = s.icmp;
    if (s.icmp)
        f.after_fault = unanswered_write_of(s, std::nullopt).value_or(Window{0ns, std::max<Duration>(1s, s.icmp.after.from)});
    return f;
}

Window retransmission_of(const Situation& s, int n) {
    const Flight f = flight_of(s);
    const Window after = retransmission(f, n);
    if (!f.crowded || s.one_way == 0ns)
        return after;
    return {retransmission(with_lower_rto(f), n).from, after.to};
}

Window giving_up_of(const Situation& s, Duration user_timeout) {
    const Flight f = flight_of(s);
    const Window after = giving_up(f, user_timeout);
    if (!f.crowded || s.one_way == 0ns)
        return after;
    const Window sooner = giving_up(with_lower_rto(f), user_timeout);
    return {std::min(after.from, sooner.from), std::max(after.to, sooner.to)};
}

std::optional<Window> next_write_of(const Situation& s, std::optional<Window> own_write) {
    std::optional<Window> profile;
    if (s.traffic == Traffic::one_write && s.particulars.server_stopped)
        profile = {*s.heals_after, *s.heals_after + write_late + healed_late};
    else if (s.traffic == Traffic::one_write)
        profile = {one_write_after_fault, one_write_after_fault + write_late};
    if (s.traffic == Traffic::sending)
        profile = {0ns, info(s.traffic).server_interval};
    return profile ? earlier_of(*profile, own_write) : own_write;
}

std::optional<Window> unanswered_write_of(const Situation& s, std::optional<Window> own_write) {
    const bool acknowledgements_pass = s.client_is_heard || s.bare_segments_pass || s.effect == Effect::large_lost;
    if (s.traffic == Traffic::in_flight && acknowledgements_pass)
        return own_write; // it had arrived, and its acknowledgement still does
    if (s.traffic == Traffic::in_flight)
        return Window{-in_flight_before, 0ns};
    const std::optional<Window> next = next_write_of(s, own_write);
    // The write before the fault may not have been acknowledged yet; what was written less than one way before
    // it cannot be, or leaves with the last ACK that arrives, as an answer does.
    if (s.traffic == Traffic::sending)
        return Window{-delayed_ack - s.one_way, std::max(next->to - s.one_way, s.one_way)};
    if (s.traffic == Traffic::request_response && s.one_way > 0ns && !own_write)
        return unanswered_answer(s);
    if (s.unacked > 0 && (s.client_is_heard || !acknowledgements_pass))
        return Window{-delayed_ack_most - 2 * s.one_way, 0ns};
    if (s.client_is_heard && s.traffic == Traffic::request_response)
        return earlier_of(next_request(s), own_write);
    return next;
}

Window window_closed_before(const Situation& s) {
    const Window watched = s.watch_before_fault;
    return {std::max<Duration>(0ns, watched.from - filling), watched.to + filling};
}

} // namespace halfopen
