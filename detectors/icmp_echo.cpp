// "The host answers ping, so the client is there." The answer is its kernel's: neither the process nor the
// connection is asked. A method about hosts and paths, believed to be one about clients.
//
// A ping socket needs no privilege where net.ipv4.ping_group_range holds the process's group (icmp(7)).

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "detectors/beside.h"
#include "detectors/theory/words.h"
#include "detectors/timeouts.h"
#include "detectors/waiting.h"
#include "harness/base/error.h"
#include "harness/linux/fd.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

/// Echo requests to one host. The kernel fills in identifier and checksum, and gives us only our own replies
/// (net/ipv4/ping.c).
class PingSocket {
public:
    explicit PingSocket(int connection)
        : fd_(check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP),
                    "making a ping socket (net.ipv4.ping_group_range)")) {
        sockaddr_in client{};
        socklen_t size = sizeof client;
        check(getpeername(connection, reinterpret_cast<sockaddr*>(&client), &size), "asking for the client's address");
        client.sin_port = 0;
        check(connect(fd_.get(), reinterpret_cast<sockaddr*>(&client), sizeof client), "connecting a ping socket");
    }
    int fd() const { return fd_.get(); }
    /// Without a route it fails; then no reply comes, and that is what is looked for.
    void ask() {
        icmphdr request{};
        request.type = ICMP_ECHO;
        request.un.echo.sequence = htons(++number_);
        send(fd_.get(), &request, sizeof request, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    bool is_answered() const {
        icmphdr reply{};
        return recv(fd_.get(), &reply, sizeof reply, MSG_DONTWAIT) == sizeof reply && reply.type == ICMP_ECHOREPLY;
    }

private:
    Fd fd_;
    uint16_t number_ = 0;
};

class IcmpEcho : public DetectorBase {
public:
    IcmpEcho(const Description& about, Settings settings) : DetectorBase(about, std::move(settings)) {
        if (timeout() > interval())
            return;
        throw BadInput(
            fmt::format("detector \"icmp-echo\": timeout={} is not above interval={}, so a healthy host would be "
                        "convicted between two echo requests; write timeout={}",
                        spell(timeout()), spell(interval()), spell(5 * interval())));
    }

    std::string label() const override {
        return fmt::format("ICMP echo {}, limit {}", plain(interval()), plain(timeout()));
    }

    Timing timing() const override {
        return {.anchor = "last look", .period = interval(), .lead = interval(), .limit = timeout()};
    }

    KernelParameters kernel_parameters() const override { return {{"net.ipv4.ping_group_range", "0 0"}}; }

    Prediction predict(const Situation& s) const override {
        const OtherPackets pass = other_packets(s);
        const bool lost = !pass.to_server || !pass.to_client;
        const std::string signal = fmt::format("no echo reply for {}", plain(timeout()));
        const Window limit{timeout(), timeout() + poll_lateness(interval())};
        if (const auto late = overslept(
                s, {.what = "echo reply", .signal = signal, .beat = interval(), .limit = limit, .last_before = last_reply(s)}))
            return *late;
        return beside(s, {.what = "echo reply",
                          .signal = signal,
                          .beat = interval(),
                          .limit = limit,
                          .last_before = last_reply(s),
                          .never_came = s.particulars.no_echo,
                          .ways = 2,
                          .ends = lost,
                          .why = why(s, lost)});
    }

    void watch(Connection& connection, Out& out) const override {
        PingSocket ping(connection.fd());
        Instant last_reply = MonotonicClock::now();
        for (Instant next = last_reply;;) {
            if (MonotonicClock::now() >= next) {
                ping.ask();
                while (next <= MonotonicClock::now())
                    next += interval();
            }
            pollfd watched{ping.fd(), POLLIN, 0};
            const Instant limit = last_reply + timeout();
            const int ready = poll(&watched, 1, to_poll(std::min(next, limit) - MonotonicClock::now()));
            if (ready == -1 && errno != EINTR)
                return out.gone("poll", errno);
            if (ready == 1 && ping.is_answered())
                last_reply = MonotonicClock::now();
            if (ready == 0 && MonotonicClock::now() >= limit)
                return out.gone(fmt::format("no echo reply for {}", plain(timeout())));
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
    Duration timeout() const { return settings().duration("timeout"); }

    /// Requests keep a beat that began with watching. Whoever is asked less than one way before the fault has not
    /// answered by then.
    Window last_reply(const Situation& s) const {
        const Duration late = poll_lateness(interval());
        const Window since = s.watch_before_fault - Window{s.one_way, s.one_way};
        const Duration from = since.from % interval(), width = since.to - since.from;
        if (from < late || from + width >= interval())
            return Window{-late, interval() + late} - Window{s.one_way, s.one_way};
        return Window{from - late, from + width} - Window{s.one_way, s.one_way};
    }

    static std::string why(const Situation& s, bool lost) {
        if (s.particulars.no_echo)
            return "what is between client and server answers no echo requests and passes none, so no reply ever came";
        if (lost)
            return "echo requests or their replies are lost like everything else";
        if (s.effect == Effect::nothing || s.effect == Effect::signals)
            return "the client's host answers";
        return "the client's host answers, whatever has become of its process and of the connection";
    }
};

} // namespace

extern const Method icmp_echo_method;
const Method icmp_echo_method{
    {.name = "icmp-echo",
     .label = "ICMP echo",
     .family = MethodFamily::protocol,
     .summary = "send() of an ICMP echo request to the client's address every interval, by a ping socket; no reply for "
                "timeout means gone",
     .job = Job::neither,
     .needs = {},
     .settings = {{.name = "interval",
                   .fallback = "2s",
                   .meaning = "how often the client's host is asked",
                   .least = 1'000'000},
                  {.name = "timeout",
                   .fallback = "10s",
                   .meaning = "no echo reply for so long means gone",
                   .least = 1'000'000}}},
    make<IcmpEcho>};

} // namespace halfopen
