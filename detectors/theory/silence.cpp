#include "detectors/theory/silence.h"

#include <cerrno>

#include <fmt/format.h>

#include "detectors/theory/keepalive.h"
#include "detectors/theory/one_way.h"
#include "detectors/theory/persist.h"
#include "detectors/theory/icmp.h"
#include "detectors/theory/wheel.h"
#include "detectors/theory/words.h"
#include "harness/base/error.h"

namespace halfopen {

using namespace std::chrono_literals;
using Kind = SocketEvent::Kind;

namespace {

/// Why a link carries nothing from the server after the fault.
std::string_view sends_nothing(const Situation& s) {
    switch (s.traffic) {
    case Traffic::receiving: return "a server that only reads sends nothing";
    case Traffic::request_response: return "a server without requests answers nothing";
    default: return "an idle link sends nothing";
    }
}

/// Why a link that carries nothing never ends without keepalive.
SocketEvent nothing_asks(const Situation& s, const SocketTimers& t) {
    const std::string why = t.user_timeout > 0ns ? "TCP_USER_TIMEOUT counts only while data is unacknowledged"
                                                 : "no timer of the kernel is armed";
    return {Kind::never, 0, {}, fmt::format("{}, so nothing can fail: {}", sends_nothing(s), why), {}};
}

} // namespace

SocketEvent probes_unanswered(const Situation& s, const SocketTimers& t) {
    const int hz = s.kernel.hz;
    const Window abort = keepalive_abort(t.idle, t.interval, t.count, t.user_timeout, hz);
    const std::string sum =
        t.user_timeout > 0ns
            ? fmt::format("the first probe tick at which TCP_USER_TIMEOUT, {}, has passed (idle {}, "
                          "then every {}; the count is ignored)",
                          plain(t.user_timeout), plain(t.idle), plain(t.interval))
            : fmt::format("last segment + {} + {} x {}", plain(t.idle), t.count, plain(t.interval));
    const std::string late = t.user_timeout > 0ns
                                 ? fmt::format("{} from the last segment at HZ {}", in_seconds(abort), hz)
                                 : fmt::format("the timer wheel at HZ {} adds up to {} + {} x {} s", hz,
                                               seconds_only(granularity(t.idle, hz)), t.count,
                                               seconds_only(granularity(t.interval, hz)));
    return {Kind::error,
            ETIMEDOUT,
            abort - last_segment(s, t),
            fmt::format("{}; {}{}", sum, late, s.icmp ? say_out_of_window() : ""),
            {"0 s: the last segment arrives; the keepalive timer counts from here (tcp_keepalive_timer())",
             fmt::format("{}: first probe, unanswered", in_seconds(first_probe(t.idle, hz))),
             fmt::format("then a probe every {}", in_seconds(timer(t.interval, hz))),
             fmt::format("{}: ETIMEDOUT, and a RST to the client", in_seconds(abort)),
             fmt::format("the fault came {} after the last segment", in_seconds(last_segment(s, t)))}};
}

SocketEvent data_unanswered(const Situation& s, const SocketTimers& t, Window write) {
    const Window first = retransmission_of(s, 1);
    const Window end = first + giving_up_of(s, t.user_timeout);
    const std::string limit =
        t.user_timeout > 0ns
            ? fmt::format("{} (TCP_USER_TIMEOUT)", plain(t.user_timeout))
            : fmt::format("{} (net.ipv4.tcp_retries2 = {})",
                          in_seconds(retransmission_budget(s.kernel.retries2, s.kernel.rto_max)),
                          s.kernel.retries2);
    const std::string off = t.keepalive ? "keepalive is off while a byte is unacknowledged; " : "";
    const int error = s.icmp ? error_after_icmp(flight_of(s), t.user_timeout) : ETIMEDOUT;
    return {
        Kind::error,
        error,
        write + end,
        fmt::format(
            "{}the kernel gives up at the first retransmission timer that fires {} or more after the first "
            "retransmission: {} from the unanswered write{}",
            off, limit, in_seconds(end), s.icmp ? say_soft(s.icmp) : ""),
        {fmt::format("{} after the fault: the server writes, and nobody acknowledges", in_seconds(write)),
         fmt::format("{} after the write: the first retransmission by timeout (a tail loss probe may have come before it), RTO {}; "
                     "the limit counts from here (retransmits_timed_out())",
                     in_seconds(first), in_seconds(s.rto)),
         s.icmp.undoes_backoff ? "each ICMP error takes one doubling of the gap back (RFC 6069)"
                                  : fmt::format("the gaps double up to {}", plain(s.kernel.rto_max)),
         fmt::format("{} after the write: the first timer beyond {}: {}", in_seconds(end), limit,
                     error != 0 ? errno_name(error) : "ETIMEDOUT, or the router's error")}};
}

namespace {

/// A shut window without a user timeout: tcp_retries2 unanswered zero-window probes (tcp_probe_timer()).
SocketEvent window_probes_unanswered(const Situation& s, const SocketTimers& t) {
    const Flight f = flight_of(s);
    const Window closed = window_closed_before(s);
    const ProbesBefore answered = answered_before(f, closed);
    const int most = s.kernel.retries2;
    const Window end{persist_tick(f, answered.least + most).from, persist_tick(f, answered.most + most).to};
    const std::string off = t.keepalive ? "keepalive is off while data waits; " : "";
    return {
        Kind::error,
        ETIMEDOUT,
        end - closed,
        fmt::format("{}the window is shut, and the kernel gives up after {} unanswered zero-window probes "
                    "(net.ipv4.tcp_retries2), the gaps doubling up to {}: {} from the closing of the window",
                    off, most, plain(s.kernel.rto_max), in_seconds(end)),
        {"0 s: the client has stopped reading and its window is shut",
         fmt::format("{}: first zero-window probe (tcp_probe_timer())", in_seconds(persist_tick(f, 0))),
         fmt::format("{} after the closing: the fault; the probes before it were answered",
                     in_seconds(closed)),
         fmt::format("{}: {} probes unanswered, ETIMEDOUT", in_seconds(end), most)}};
}

/// Where only segments with data are lost.
SocketEvent bare_probes_answered(std::string_view probe) {
    return {Kind::never, 0, {}, fmt::format("a {} probe carries no data, so it passes, and so does its answer", probe), {}};
}

/// The answer comes back from the client, or from a router on the way.
SocketEvent reset_by(const Situation& s, Window segment, const std::string& what) {
    return {Kind::error,
            ECONNRESET,
            segment + Window{s.one_way, 2 * s.one_way},
            fmt::format("{} is answered by RST", what),
            {fmt::format("{} after the fault: {} goes out, RST comes back: ECONNRESET (tcp_reset())",
                         in_seconds(segment), what)}};
}

/// The next zero-window probe after the fault.
Window next_window_probe(const Situation& s) {
    const Flight f = flight_of(s);
    const Window closed = window_closed_before(s);
    const ProbesBefore answered = probes_before(f, closed);
    const Window tick{persist_tick(f, answered.least).from, persist_tick(f, answered.most).to};
    const Window after = tick - closed;
    return {std::max<Duration>(0ns, after.from), after.to};
}

/// When what is in flight at the fault is sent again; nothing when nothing is.
std::optional<Window> resend_in_flight(const Situation& s) {
    if (s.traffic == Traffic::sending)
        return std::nullopt; // the next write comes sooner
    if (s.traffic != Traffic::in_flight && s.unacked == 0)
        return std::nullopt;
    const auto write = unanswered_write_of(s, std::nullopt);
    if (!write)
        return std::nullopt;
    const Window after = *write + first_resend(flight_of(s));
    // On a link with a delay the first sending may still be on its way, and be answered.
    return Window{s.one_way > 0ns ? 0ns : std::max<Duration>(0ns, after.from), after.to};
}

SocketEvent reset_by_probe(const Situation& s, const SocketTimers& t) {
    const Window probe = first_probe(t.idle, s.kernel.hz);
    const Window after = probe - last_segment(s, t);
    SocketEvent event =
        reset_by(s, {std::max<Duration>(0ns, after.from), after.to}, "the first keepalive probe");
    event.rule =
        fmt::format("the first keepalive probe, {} after the last segment (idle {}), is answered by RST",
                    in_seconds(probe), plain(t.idle));
    event.steps.insert(event.steps.begin(),
                       "0 s: the last segment arrives; the keepalive timer counts from here "
                       "(tcp_keepalive_timer())");
    return event;
}

} // namespace

Window last_segment(const Situation& s, const SocketTimers& t) {
    if (s.traffic == Traffic::in_flight && s.client_is_heard)
        return {-delayed_ack_most, 0ns};
    const Duration most = first_probe(t.idle, s.kernel.hz).to;
    Window before = s.segment_before_fault;
    if (before.from > most)
        before.from = -s.one_way;
    before.to = std::min(before.to, most);
    return before;
}

SocketEvent silent(const Situation& s, const SocketTimers& t, std::optional<Window> own_write) {
    if (s.traffic == Traffic::buffer_full)
        return s.bare_segments_pass ? bare_probes_answered("zero-window") : window_probes_unanswered(s, t);
    if (const auto write = unanswered_write_of(s, own_write))
        return data_unanswered(s, t, *write);
    if (t.keepalive && s.bare_segments_pass)
        return bare_probes_answered("keepalive");
    if (t.keepalive && s.client_is_heard && info(s.traffic).client_interval > 0ns)
        return probes_between_retransmissions(s, t);
    if (t.keepalive)
        return probes_unanswered(s, t);
    return nothing_asks(s, t);
}

SocketEvent reset_when_asked(const Situation& s, const SocketTimers& t, std::optional<Window> own_write) {
    if (s.traffic == Traffic::buffer_full)
        return reset_by(s, next_window_probe(s), "the next zero-window probe");
    SocketEvent event;
    if (const auto resend = resend_in_flight(s))
        event = reset_by(s, *resend, "what is in flight, sent again,");
    if (const auto write = next_write_of(s, own_write))
        event = earlier(event, reset_by(s, *write, own_write ? "the next ping or write" : "the next write"));
    if (event.kind != Kind::never)
        return event;
    if (t.keepalive)
        return reset_by_probe(s, t);
    return {Kind::never,
            0,
            {},
            fmt::format("only a segment from the server would be answered, by RST, but {}", sends_nothing(s)),
            {}};
}

} // namespace halfopen
