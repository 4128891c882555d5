// epoll, level-triggered, with EPOLLIN: poll() for many descriptors (epoll(7)). As long as something is left
// to read, or the end stands in the queue, the next epoll_wait() says so again; so one recv() for each event
// is enough, and nothing is lost by reading too little.

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

class Epoll : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override { return hears(socket_events(s, {})); }

    void watch(Connection& connection, Out& out) const override {
        const int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1()");
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        check(epoll_ctl(epoll, EPOLL_CTL_ADD, connection.fd(), &wanted), "adding the connection to epoll");
        for (;;) {
            epoll_event event{};
            const int ready = epoll_wait(epoll, &event, 1, -1);
            if (ready == -1 && errno == EINTR)
                continue;
            if (ready == -1) {
                out.gone("epoll_wait", errno);
                break;
            }
            // EPOLLIN, EPOLLERR or EPOLLHUP: recv() says which.
            if (!receive(connection, out, MSG_DONTWAIT))
                break;
        }
        close(epoll);
    }
};

} // namespace

extern const Method epoll_method;
const Method epoll_method{
    {.name = "epoll",
     .label = "epoll, level",
     .summary = "epoll_wait() with EPOLLIN, level-triggered, says when to call recv(), and recv() decides",
     .needs = {},
     .settings = {}},
    make<Epoll>};

} // namespace halfopen
