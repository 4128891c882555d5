// IP_RECVERR: ICMP errors become errors of the socket at once, instead of being kept until the connection
// ends of itself (ip(7); net/ipv4/tcp_ipv4.c: tcp_v4_err()). On TCP there is no queue to read in spite of the
// option's description: the next recv() or send() returns the errno, once, and the connection goes on working
// if the path does. So this method takes a router's word for the client's.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

class ErrorQueue : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        Prediction p = hears(socket_events(s, {}));
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
