// A second channel: the client sends a datagram every `interval` beside its TCP connection, and when none
// comes for `timeout` it is gone.
//
// It hears what no TCP socket tells: a process that is stopped, a path that is cut on an idle link. And it
// judges the connection by something that is not the connection. A firewall's rule about TCP leaves UDP
// alone, a forgotten NAT entry is that of one protocol, and an end of file arrives on the other socket.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "detectors/beside.h"
#include "detectors/hellos.h"
#include "detectors/theory/words.h"
#include "detectors/timeouts.h"
#include "harness/base/error.h"
#include "harness/linux/fd.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

/// The port of the connection, for UDP too; whoever asks for it there is told of the client's address by its
/// connection.
struct Channel {
    explicit Channel(int connection) : fd(check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "making a UDP socket")) {
        sockaddr_in own{};
        socklen_t size = sizeof own;
        check(getsockname(connection, reinterpret_cast<sockaddr*>(&own), &size), "asking for the own address");
        size = sizeof client;
        check(getpeername(connection, reinterpret_cast<sockaddr*>(&client), &size), "asking for the client's address");
        check(bind(fd.get(), reinterpret_cast<sockaddr*>(&own), sizeof own), "binding a UDP socket");
    }
    /// Takes one datagram; true when it is the client's.
    bool hears() const {
        sockaddr_in from{};
        socklen_t size = sizeof from;
        char bytes[1500];
        const ssize_t n = recvfrom(fd.get(), bytes, sizeof bytes, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &size);
        return n >= 0 && from.sin_addr.s_addr == client.sin_addr.s_addr;
    }
    Fd fd;
    sockaddr_in client{};
};

class SecondChannel : public DetectorBase {
public:
    SecondChannel(const Description& about, Settings settings) : DetectorBase(about, std::move(settings)) {
        if (timeout() > interval())
            return;
        throw BadInput(
            fmt::format("detector \"second-channel\": timeout={} is not above interval={}, so a healthy client "
                        "would be convicted between two datagrams; write timeout={}",
                        spell(timeout()), spell(interval()), spell(5 * interval())));
    }

    std::string label() const override {
        return fmt::format("UDP hello {}, limit {}", plain(interval()), plain(timeout()));
    }

    Timing timing() const override {
        return {.anchor = "last datagram", .period = interval(), .lead = interval(), .limit = timeout()};
    }

    Duration datagram_interval() const override { return interval(); }

    Prediction predict(const Situation& s) const override {
        const bool passes = other_packets(s).to_server;
        return beside(s, {.what = "datagram",
                          .signal = fmt::format("no datagram for {}", plain(timeout())),
                          .beat = interval(),
                          .limit = {timeout(), timeout() + poll_lateness(timeout()) + (is_watched_late(s.stage) ? at_once.to : Duration{0})},
                          .last_before = last_before(s),
                          .by_process = true,
                          .ends = !passes || !client_goes_on(s) || client_finds_out(s),
                          .why = why(s, passes)});
    }

    void watch(Connection& connection, Out& out) const override {
        const Channel channel(connection.fd());
        for (Instant last = MonotonicClock::now();;) {
            pollfd watched{channel.fd.get(), POLLIN, 0};
            const int ready = poll(&watched, 1, to_poll(last + timeout() - MonotonicClock::now()));
            if (ready == -1 && errno != EINTR)
                return out.gone("poll", errno);
            if (ready == 1 && channel.hears())
                last = MonotonicClock::now();
            // Only when nothing is left to read: if this server was stopped, the datagrams wait in the socket.
            if (ready == 0 && MonotonicClock::now() >= last + timeout())
                return out.gone(fmt::format("no datagram for {}", plain(timeout())));
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
    Duration timeout() const { return settings().duration("timeout"); }

    /// A client whose connection is dead without its knowledge is told when it writes.
    static bool client_finds_out(const Situation& s) {
        return info(s.traffic).client_interval > 0ns &&
               (s.effect == Effect::reset || s.effect == Effect::reset_on_send || s.particulars.client_told);
    }

    /// From the last datagram that is heard to the fault.
    Window last_before(const Situation& s) const {
        Window last{std::min(s.datagram_before_fault.from, s.watch_before_fault.from),
                    std::min(s.datagram_before_fault.to, s.watch_before_fault.to)};
        // The next one may be due just before the fault, and a client that finds out stops a beat after it.
        Duration until = off_beat;
        if (client_goes_on(s) && client_finds_out(s))
            until += info(s.traffic).client_interval + 2 * s.one_way;
        const Duration sent = s.datagram_before_fault.to + s.one_way;
        if (sent + until >= interval())
            last.from = std::min(last.from, std::max(sent - (sent + until) / interval() * interval(), -until) - s.one_way);
        return last;
    }

    static std::string why(const Situation& s, bool passes) {
        if (!passes)
            return "datagrams are lost like everything else";
        if (!client_goes_on(s))
            return s.effect == Effect::acknowledges_only ? "the client's process is stopped or dead"
                                                         : "the client's process does not hold this connection any more";
        if (client_finds_out(s))
            return "the client learns at its next write that its connection is dead, and falls silent";
        if (s.effect == Effect::nothing || s.effect == Effect::signals)
            return "the client says hello";
        return "the client says hello on a socket of its own, whatever has become of the connection";
    }
};

} // namespace

extern const Method second_channel_method;
const Method second_channel_method{
    {.name = "second-channel",
     .label = "UDP hello",
     .family = MethodFamily::protocol,
     .summary = "recvfrom() on a UDP socket of the same address and port: the client sends a datagram every interval, "
                "and none for timeout means gone",
     .job = Job::neither,
     .needs = {clients_cooperation},
     .settings = {{.name = "interval",
                   .fallback = "2s",
                   .meaning = "how often the client sends a datagram",
                   .least = 1'000'000},
                  {.name = "timeout",
                   .fallback = "10s",
                   .meaning = "no datagram for so long means gone",
                   .least = 1'000'000}}},
    make<SecondChannel>};

} // namespace halfopen
