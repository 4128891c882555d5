#include "detectors/looking.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>

#include <fmt/format.h>

#include "detectors/theory/icmp.h"
#include "detectors/theory/refusal.h"
#include "detectors/theory/silence.h"
#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;
using Kind = SocketEvent::Kind;

void read_what_waits(Connection& connection) {
    std::array<char, 4096> buffer;
    int waiting = 0;
    while (ioctl(connection.fd(), FIONREAD, &waiting) == 0 && waiting > 0) {
        const ssize_t n = recv(connection.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (n <= 0)
            return;
        connection.received({buffer.data(), static_cast<size_t>(n)});
    }
}

namespace {

/// From the fault to the RST that the server's next write draws, after the client has closed.
Window drawn_reset(const Situation& s, Window write) {
    const Duration there_and_back = 2 * s.one_way;
    // On a link with a delay, what was on its way at the fault draws one already.
    const Duration from = s.one_way > 0ns ? s.one_way : write.from;
    return Window{from, write.to + there_and_back} + at_once;
}

/// The client has closed: its FIN is here, and what the server sends from now on is answered by RST.
Prediction after_close(const Situation& s, const Ending& ending) {
    const auto write = next_write_of(s);
    if (!write && s.traffic == Traffic::request_response && s.one_way > 0ns)
        return unknown(
            fmt::format("{}; only if an answer was on its way at the fault does it draw a RST, and "
                        "whether one was is a matter of moments",
                        ending.of_fin));
    if (!write)
        return never(fmt::format("{}; the server writes nothing that would draw a RST", ending.of_fin));
    Prediction p;
    p.kind = Prediction::Kind::window;
    p.after = drawn_reset(s, *write) + Window{0ns, ending.look};
    p.signal = ending.signal;
    p.rule = fmt::format("{}; the server's next write is answered by RST, and that ends the connection",
                         ending.of_fin);
    if (ending.look > 0ns)
        p.rule += fmt::format("; it looks every {}", plain(ending.look));
    p.steps = {fmt::format("{} after the fault: FIN, the state is CLOSE_WAIT", in_seconds(arrival(s))),
               fmt::format("{} after the fault: the server writes, and the client's kernel answers by RST",
                           in_seconds(*write))};
    return p;
}

/// The client has closed and cannot be reached any more: what the server sends from now on is not answered at all.
Prediction silence_after_close(const Situation& s, const Ending& ending) {
    Prediction p = hears(silent(s, {}, std::nullopt), {.look = ending.look});
    p.rule = fmt::format("{}; after it no packet passes: {}", ending.of_fin, p.rule);
    if (p.kind == Prediction::Kind::window)
        p.signal = ending.signal;
    return p;
}

} // namespace

Prediction sees_end(const Situation& s, const Ending& ending) {
    const SocketEvent event = socket_events(s, {});
    if (event.kind == Kind::eof_or_error)
        return unknown(
            fmt::format("{}; RST comes instead of FIN when the client had not read all: a matter of "
                        "moments",
                        ending.of_fin));
    if (event.kind == Kind::eof && s.effect == Effect::fin)
        return after_close(s, ending);
    if (event.kind == Kind::eof && s.effect == Effect::fin_then_silence)
        return silence_after_close(s, ending);
    if (event.kind == Kind::eof)
        return never(fmt::format("{}; the client still reads, and the connection goes on", ending.of_fin));
    Prediction p = hears(event, {.look = ending.look});
    if (p.kind == Prediction::Kind::window)
        p.signal = ending.signal;
    return p;
}

SocketEvent events_between_looks(const Situation& s, Duration look) {
    const SocketEvent event = socket_events(s, {});
    if (s.traffic != Traffic::request_response)
        return event;
    const SocketEvent answered = socket_events(s, {}, Window{0ns, look});
    if (answered.kind == event.kind && answered.after == event.after)
        return event;
    return {
        Kind::unknown,
        0,
        {},
        fmt::format("a request that came since the last look is read and answered after the fault, up to {} "
                    "later; whether there is one is a matter of moments",
                    plain(look)),
        {}};
}

namespace {

/// What was in flight looks for its way when it is to be sent again, and finds none (inet_sk_rebuild_header()).
SocketEvent own_refusal(const Situation& s, Window write) {
    const Window first = first_resend(flight_of(s)), after = write + first;
    return {Kind::error,
            s.particulars.refusal_error,
            Window{std::max<Duration>(0ns, after.from), after.to} + at_once,
            fmt::format("what was in flight is to be sent again {} after it was written, and the server's own kernel finds no "
                        "way: that is kept as a soft error, which SO_ERROR tells, though nothing has ended",
                        in_seconds(first)),
            {fmt::format("{} after the write: the soft error is there", in_seconds(first))}};
}

} // namespace

SocketEvent soft_error(const Situation& s) {
    const auto write = unanswered_write_of(s, std::nullopt);
    if (s.particulars.refusal == Refusal::error && write && !refused_write_of(s))
        return own_refusal(s, *write);
    if (!s.icmp || !write || s.traffic == Traffic::buffer_full)
        return {};
    const Window first = first_soft_error(flight_of(s));
    const Window after = *write + first;
    return {Kind::error,
            s.icmp.error,
            Window{std::max<Duration>(0ns, after.from), after.to} + at_once,
            fmt::format("the router's ICMP error, {} after the unanswered write, is kept as a soft error of the socket, and "
                        "SO_ERROR tells that as well, though nothing has ended",
                        in_seconds(first)),
            {fmt::format("{} after the fault: the server writes, and the router refuses", in_seconds(*write)),
             fmt::format("{} after the write: the soft error is there", in_seconds(first))}};
}

bool writer_may_take_error(const Situation& s) {
    if (s.traffic == Traffic::sending)
        return true;
    return s.effect == Effect::reset &&
           (s.traffic == Traffic::one_write || s.traffic == Traffic::request_response);
}

} // namespace halfopen
