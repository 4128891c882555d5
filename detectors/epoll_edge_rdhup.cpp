// epoll, edge-triggered, with EPOLLRDHUP: the loop of most event-driven servers (epoll(7)). An edge is told
// once, so all that can be read must be read before waiting again. EPOLLRDHUP says that the client will send
// no more; EPOLLERR and EPOLLHUP come unasked when the connection is dead, together with EPOLLRDHUP, so they
// are asked first.

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "detectors/predicting.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

class EpollEdgeRdhup : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        return hears(socket_events(s, {}), {.eof = "epoll: EPOLLRDHUP", .error_call = "SO_ERROR"});
    }

    void watch(Connection& connection, Out& out) const override {
        const int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1()");
        epoll_event wanted{};
        wanted.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
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
            if (event.events & (EPOLLERR | EPOLLHUP)) {
                say_error(connection.fd(), out);
                break;
            }
            drain(connection);
            if (event.events & EPOLLRDHUP) {
                out.eof("epoll: EPOLLRDHUP");
                break;
            }
        }
        close(epoll);
    }

private:
    /// Takes the pending error off the socket. It is 0 when somebody else took it before.
    static void say_error(int fd, Out& out) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
        error ? out.gone("SO_ERROR", error) : out.gone("epoll: EPOLLHUP");
    }

    /// Reads until there is no more. An end or an error met on the way is an edge of its own, which
    /// epoll_wait() tells next.
    static void drain(Connection& connection) {
        std::array<char, 4096> buffer;
        for (;;) {
            const ssize_t n = recv(connection.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (n <= 0)
                return;
            connection.received({buffer.data(), static_cast<size_t>(n)});
        }
    }
};

} // namespace

extern const Method epoll_edge_rdhup_method;
const Method epoll_edge_rdhup_method{{.name = "epoll-edge-rdhup",
                                      .label = "epoll, edge, RDHUP",
                                      .summary = "epoll_wait() with EPOLLIN, EPOLLRDHUP and EPOLLET: RDHUP "
                                                 "is the end of what the client sends, ERR and "
                                                 "HUP are the end of the connection",
                                      .needs = {},
                                      .settings = {}},
                                     make<EpollEdgeRdhup>};

} // namespace halfopen
