#include "detectors/theory/socket_events.h"

#include <cerrno>

#include <fmt/format.h>

#include "detectors/theory/flapping.h"
#include "detectors/theory/keepalive.h"
#include "detectors/theory/outage.h"
#include "detectors/theory/persist.h"
#include "detectors/theory/refusal.h"
#include "detectors/theory/rough_path.h"
#include "detectors/theory/silence.h"
#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;
using Kind = SocketEvent::Kind;

namespace {

/// A user timeout ends a connection whose window stays shut, whatever the client does (tcp_probe_timer()).
SocketEvent shut_too_long(const Situation& s, const SocketTimers& t) {
    const Window abort = persist_abort(flight_of(s), t.user_timeout);
    return {
        Kind::error,
        ETIMEDOUT,
        abort - window_closed_before(s),
        fmt::format("TCP_USER_TIMEOUT ends a connection whose window stays shut, even when every zero-window "
                    "probe is answered: {} from the closing of the window (first probe + {})",
                    in_seconds(abort), plain(t.user_timeout)),
        {"0 s: the client has stopped reading, its window is shut and the server's buffer is full",
         fmt::format("{}: first zero-window probe; the user timeout counts from here (tcp_probe_timer())",
                     in_seconds(persist_tick(flight_of(s), 0))),
         fmt::format("{}: {} later ETIMEDOUT, answered or not", in_seconds(abort), plain(t.user_timeout))}};
}

/// The server's kernel with a client that is there and answers.
SocketEvent healthy(const Situation& s, const SocketTimers& t) {
    if (s.traffic == Traffic::buffer_full)
        return SocketEvent::never(
            "the window is shut, but the client's kernel answers every zero-window probe, and such a "
            "connection may stay open for ever (RFC 9293, 3.8.6.1)");
    if (t.keepalive)
        return SocketEvent::never("the client's kernel answers every keepalive probe");
    if (s.effect == Effect::signals)
        return SocketEvent::never("signals interrupt system calls (EINTR), but nothing happens on the socket");
    return SocketEvent::never("the client is there, so nothing happens on the socket");
}

/// How long the client's last segment travels.
std::string how_soon(const Situation& s) {
    return s.one_way == 0ns ? "at once" : fmt::format("one way later, after {}", plain(s.one_way));
}

SocketEvent goodbye(const Situation& s) {
    const bool closes = s.effect != Effect::half_close;
    if (s.traffic == Traffic::buffer_full && closes)
        return {Kind::error,
                ECONNRESET,
                arrival(s),
                "the client closes with unread bytes in its buffer, so its kernel sends RST instead of FIN "
                "(RFC 2525, 2.17)",
                {"0 s: close() with unread data sends RST at once (tcp_close())"}};
    if (s.traffic == Traffic::in_flight && closes)
        return {Kind::eof_or_error,
                0,
                arrival(s),
                "the client closes while the server's bytes arrive: FIN when it has read them, RST when it "
                "has not",
                {"0 s: close() sends FIN, or RST with unread data (tcp_close())"}};
    return {Kind::eof,
            0,
            arrival(s),
            fmt::format("the client's FIN arrives {}: it will send no more{}", how_soon(s),
                        s.effect == Effect::half_close ? ", but it still reads" : ""),
            {"0 s: FIN; the socket is readable and the state is CLOSE_WAIT (tcp_fin())"}};
}

SocketEvent reset_at_once(const Situation& s) {
    return {Kind::error,
            ECONNRESET,
            arrival(s),
            fmt::format("the client's RST arrives {}", how_soon(s)),
            {"0 s: RST; the state is CLOSE and the pending error ECONNRESET (tcp_reset())"}};
}

/// The client's kernel lives, and nobody reads what it acknowledges.
SocketEvent acknowledged(const Situation& s, const SocketTimers& t) {
    if (s.traffic == Traffic::buffer_full)
        return SocketEvent::never("the client's kernel answers every zero-window probe for a process that reads no more");
    const bool fills = s.traffic == Traffic::sending ||
                       (s.traffic == Traffic::request_response && s.goes_on == GoesOn::writing);
    if (fills && t.user_timeout > 0ns)
        return {Kind::unknown,
                0,
                {},
                "the client's kernel acknowledges until the buffer that nobody reads is full; from then on "
                "TCP_USER_TIMEOUT runs, but how much that buffer holds is not known",
                {}};
    if (fills)
        return SocketEvent::never("the client's kernel acknowledges every byte, though nobody reads it, and answers zero-window "
                     "probes when its buffer is full");
    if (t.keepalive)
        return SocketEvent::never("the client's kernel answers every keepalive probe and acknowledges every byte; it is the process "
                     "that fails, and TCP never asks that");
    return SocketEvent::never("the client's kernel acknowledges every byte for its process, and TCP never asks the process");
}

/// What the profile writes is large and lost; pings, probes and acknowledgements are small, and pass.
SocketEvent large_lost(const Situation& s, const SocketTimers& t) {
    if (const auto write = unanswered_write_of(s, std::nullopt))
        return data_unanswered(s, t, *write);
    if (t.keepalive)
        return SocketEvent::never("keepalive probes are small, so they pass and are answered");
    return SocketEvent::never("nothing large is sent, and what is small passes");
}

/// The server has shut its own sending side down, and the client's kernel has acknowledged that.
SocketEvent half_shut(std::optional<Window> own_write) {
    if (own_write)
        return {Kind::error,
                EPIPE,
                *own_write + at_once,
                "the server has shut its sending side down, so its next write fails with EPIPE, whatever the client is doing",
                {fmt::format("{} after the fault: send() fails (tcp_sendmsg_locked())", in_seconds(*own_write))}};
    return SocketEvent::never("the client's kernel has acknowledged the server's FIN, and FIN_WAIT2 has no limit of time while the server's "
                 "program holds the socket; keepalive probes are answered");
}

SocketEvent after_fault(const Situation& s, const SocketTimers& t, std::optional<Window> own_write) {
    if (s.stage == Stage::half_shut)
        return half_shut(own_write);
    switch (s.effect) {
    case Effect::nothing: return healthy(s, t);
    case Effect::signals: return healthy(s, t);
    case Effect::fin: return goodbye(s);
    case Effect::half_close: return goodbye(s);
    case Effect::reset: return reset_at_once(s);
    case Effect::silence:
        if (is_refused(s) && s.traffic != Traffic::buffer_full)
            return refused(s, t, own_write);
        return s.heals_after ? outage(s, t, own_write) : silent(s, t, own_write);
    case Effect::reset_on_send: return reset_when_asked(s, t, own_write);
    case Effect::acknowledges_only: return acknowledged(s, t);
    case Effect::large_lost: return large_lost(s, t);
    case Effect::slow: return slow_path(s, t, own_write);
    case Effect::lossy: return lossy_path(s, t, own_write);
    case Effect::flapping: return flapping_path(s, t, own_write);
    case Effect::fin_then_silence: return goodbye(s);
    }
    return {};
}

} // namespace

SocketEvent earlier(const SocketEvent& a, const SocketEvent& b) {
    if (a.kind == Kind::never)
        return b;
    if (b.kind == Kind::never)
        return a;
    if (a.kind == Kind::unknown)
        return b.after.to <= at_once.to && b.kind != Kind::unknown ? b : a;
    if (b.kind == Kind::unknown)
        return earlier(b, a);
    if (a.after.to < b.after.from)
        return a;
    if (b.after.to < a.after.from)
        return b;
    const bool same = a.kind == b.kind && a.error == b.error;
    SocketEvent both = a.after.from <= b.after.from ? a : b;
    const SocketEvent& other = a.after.from <= b.after.from ? b : a;
    if (!same)
        both.kind = a.kind == Kind::error && b.kind == Kind::error ? Kind::error : Kind::eof_or_error;
    if (!same)
        both.error = 0;
    both.after.to = std::min(a.after.to, b.after.to);
    both.rule = fmt::format("whichever comes first: {}; or {}", both.rule, other.rule);
    both.steps.insert(both.steps.end(), other.steps.begin(), other.steps.end());
    return both;
}

SocketEvent socket_events(const Situation& situation, const SocketTimers& t,
                          std::optional<Window> own_write) {
    Situation s = situation;
    if (t.rto_max > 0ns)
        s.kernel.rto_max = t.rto_max;
    const SocketEvent event = after_fault(s, t, own_write);
    if (s.traffic != Traffic::buffer_full || t.user_timeout == 0ns)
        return event;
    const SocketEvent shut = shut_too_long(s, t);
    if (const auto opens = window_may_open(s); opens && shut.after.to >= *opens)
        return {Kind::unknown, 0, {}, may_open_first(*opens), {}};
    return earlier(shut, event);
}

} // namespace halfopen
