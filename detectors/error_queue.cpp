// IP_RECVERR: ICMP errors become errors of the socket at once, instead of being kept until the connection
// ends of itself (ip(7); net/ipv4/tcp_ipv4.c: tcp_v4_err()). On TCP there is no queue to read in spite of the
// option's description: the next recv() or send() returns the errno, once, and the connection goes on working
// if the path does. So this method takes a router's word for the client's.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "detectors/theory/icmp.h"
#include "detectors/theory/words.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

class ErrorQueue : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        if (s.icmp && s.traffic != Traffic::buffer_full)
            if (const auto write = unanswered_write_of(s, std::nullopt))
                return hears(refused(s, *write));
        Prediction p = hears(socket_events(s, {}));
        if (p.kind == Prediction::Kind::never && s.icmp)
            p.rule += "; and what is not sent is not refused by the router either";
        else
        if (p.kind == Prediction::Kind::never && s.effect == Effect::silence)
            p.rule += "; a path that drops in silence sends no ICMP error either";
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        const int on = 1;
        check(setsockopt(connection.fd(), IPPROTO_IP, IP_RECVERR, &on, sizeof on), "setting IP_RECVERR");
        for (;;) {
            pollfd watched{connection.fd(), POLLIN, 0};
            const int ready = poll(&watched, 1, -1);
            if (ready == -1 && errno == EINTR)
                continue;
            if (ready == -1)
                return out.gone("poll", errno);
            // POLLERR without POLLHUP is such an error; recv() takes it.
            if (!receive(connection, out, MSG_DONTWAIT))
                return;
        }
    }

private:
    static SocketEvent refused(const Situation& s, Window write) {
        const Window first = first_icmp_error(flight_of(s));
        if (s.icmp.after.to > std::chrono::seconds{0})
            return {SocketEvent::Kind::error,
                    s.icmp.error,
                    write + first + at_once,
                    fmt::format("the router looks for the client by ARP, and answers what waits for it by an ICMP error, {} "
                                "after the unanswered write: an error at once",
                                in_seconds(first)),
                    {fmt::format("{} after the fault: the server writes, and the router asks who has the client's address",
                                 in_seconds(write)),
                     fmt::format("{} after the write: nobody does: {}", in_seconds(first), errno_name(s.icmp.error))}};
        return {SocketEvent::Kind::error,
                s.icmp.error,
                write + first + at_once,
                fmt::format("the router's ICMP error for what the kernel sends again, {} after the unanswered write, is an "
                            "error at once; the one for the write itself comes back while send() still holds the socket, "
                            "and counts for nothing (TcpExtLockDroppedIcmps)",
                            in_seconds(first)),
                {fmt::format("{} after the fault: the server writes, and the router refuses", in_seconds(write)),
                 fmt::format("{} after the write: sent again by a timer, refused again: {}", in_seconds(first),
                             errno_name(s.icmp.error))}};
    }
};

} // namespace

extern const Method error_queue_method;
const Method error_queue_method{
    {.name = "error-queue",
     .label = "IP_RECVERR",
     .summary = "poll() and recv() with IP_RECVERR, which makes an error of every ICMP message about the "
                "connection: any error is taken for its end",
     .needs = {},
     .settings = {}},
    make<ErrorQueue>};

} // namespace halfopen
