// Law 2, as the note states it: ask TCP_INFO for the state; the client is gone unless that is ESTABLISHED.
//
// ESTABLISHED proves nothing: the state is the server's kernel's own memory, and changes only when a packet
// comes or a timer ends. And CLOSE_WAIT is also the state of a connection whose client only shut its sending
// side down.

#include "detectors/tcp_info.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "detectors/theory/words.h"
#include "harness/base/error.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

class TcpInfoAsStated : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return label_with_changes(*this); }

    Timing timing() const override { return {.anchor = "last look", .period = interval()}; }

    Prediction predict(const Situation& s) const override { return sees_state(s, interval(), Verdict::gone); }

    void watch(Connection& connection, Out& out) const override {
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            const ::tcp_info info = read_tcp_info(connection.fd());
            if (info.tcpi_state == TCP_ESTABLISHED)
                continue;
            return out.gone(fmt::format("TCP_INFO: {}", state_name(info.tcpi_state)));
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
};

} // namespace

::tcp_info read_tcp_info(int fd) {
    ::tcp_info info{};
    socklen_t size = sizeof info;
    check(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), "reading TCP_INFO");
    return info;
}

std::string_view state_name(int tcpi_state) {
    using namespace std::string_view_literals;
    constexpr std::array names{"0"sv,          "ESTABLISHED"sv, "SYN_SENT"sv,  "SYN_RECV"sv,
                               "FIN_WAIT1"sv,  "FIN_WAIT2"sv,   "TIME_WAIT"sv, "CLOSE"sv,
                               "CLOSE_WAIT"sv, "LAST_ACK"sv,    "LISTEN"sv,    "CLOSING"sv};
    const auto place = static_cast<size_t>(tcpi_state);
    return place < names.size() ? names[place] : "unknown state"sv;
}

Prediction sees_state(const Situation& s, Duration interval, Verdict eof_verdict) {
    if (s.stage == Stage::half_shut)
        return {.kind = Prediction::Kind::window,
                .after = Window{0ns, interval} + at_once,
                .signal = "", // FIN_WAIT1 until the FIN is acknowledged, which may take 40 ms (TCP_DELACK_MIN).
                .rule = fmt::format("the server has shut its own sending side down, so the state is FIN_WAIT1 and then FIN_WAIT2, "
                                    "neither of them ESTABLISHED, whatever the client is doing; it looks every {}",
                                    plain(interval)),
                .steps = {}};
    const SocketEvent event = socket_events(s, {});
    Prediction p =
        hears(event, {.eof = "TCP_INFO: CLOSE_WAIT", .eof_verdict = eof_verdict, .look = interval});
    if (p.kind == Prediction::Kind::never)
        p.rule += "; the state stays ESTABLISHED";
    if (event.kind == SocketEvent::Kind::error)
        p.signal = "TCP_INFO: CLOSE";
    // What the server sends after a FIN is answered by RST, so that the next look may find CLOSE instead.
    if (event.kind == SocketEvent::Kind::eof && s.effect == Effect::fin && next_write_of(s)) {
        p.verdict = Verdict::gone;
        p.signal.clear();
        p.rule += "; the server's next write is answered by RST, so a look finds CLOSE_WAIT before it and "
                  "CLOSE after";
    }
    return p;
}

extern const Method tcp_info_as_stated_method;
const Method tcp_info_as_stated_method{
    {.name = "tcp-info-as-stated",
     .label = "TCP_INFO",
     .summary = "asks TCP_INFO every interval: gone unless tcpi_state is ESTABLISHED",
     .law = 2,
     .form = Form::as_stated,
     .job = Job::neither,
     .needs = {},
     .settings =
         {{.name = "interval", .fallback = "100ms", .meaning = "how often it looks", .least = 1'000'000}}},
    make<TcpInfoAsStated>};

} // namespace halfopen
