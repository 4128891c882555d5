// epoll while reading is paused: the server has taken a request, is busy with it, and wants no more for now,
// so it asks for no EPOLLIN; and nobody thought of EPOLLRDHUP. EPOLLERR and EPOLLHUP still come unasked
// (epoll_ctl(2)), but a FIN waits unseen until reading goes on: the worker works for a client that has left.

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "detectors/looking.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

class EpollNotReading : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        if (s.stage == Stage::close_wait) { // The wait for the first request meets the end of file.
            Prediction first = hears(socket_events(s, {}));
            first.rule += "; the first read, for a request, finds it";
            return first;
        }
        Situation paused = s;
        // A request that nobody reads is never answered: the server is only written to.
        if (s.traffic == Traffic::request_response)
            paused.traffic = Traffic::receiving;
        return sees_end(paused, {.signal = "epoll: EPOLLHUP",
                                 .of_fin = "a FIN sets EPOLLIN and EPOLLRDHUP, and neither was asked for"});
    }

    void watch(Connection& connection, Out& out) const override {
        if (!take_request(connection, out))
            return;
        // From here on the server is busy, and does not read.
        const int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1()");
        epoll_event wanted{}; // events = 0
        check(epoll_ctl(epoll, EPOLL_CTL_ADD, connection.fd(), &wanted), "adding the connection to epoll");
        epoll_event event{};
        int ready = 0;
        do
            ready = epoll_wait(epoll, &event, 1, -1);
        while (ready == -1 && errno == EINTR);
        ready == 1 ? out.gone("epoll: EPOLLHUP") : out.gone("epoll_wait", errno);
        close(epoll);
    }

private:
    /// False when there was none: then the verdict has been given.
    static bool take_request(Connection& connection, Out& out) {
        std::array<char, 4096> buffer;
        ssize_t n = 0;
        do
            n = recv(connection.fd(), buffer.data(), buffer.size(), 0);
        while (n == -1 && errno == EINTR);
        if (n == 0)
            out.eof("recv: 0");
        if (n == -1)
            out.gone("recv", errno);
        if (n > 0)
            connection.received({buffer.data(), static_cast<size_t>(n)});
        return n > 0;
    }
};

} // namespace

extern const Method epoll_not_reading_method;
const Method epoll_not_reading_method{
    {.name = "epoll-not-reading",
     .label = "epoll, not reading",
     .summary =
         "epoll_wait() with events = 0 while the server is busy with the first request: EPOLLHUP is the "
         "end of the connection, and a FIN is not told",
     .needs = {},
     .settings = {}},
    make<EpollNotReading>};

} // namespace halfopen
