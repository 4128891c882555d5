// poll() with POLLRDHUP: the end of what the client sends is a bit of its own, and is told at once, even
// while data that came before it is still unread (poll(2), since Linux 2.6.17). POLLERR and POLLHUP come
// unasked when the connection is dead, together with POLLRDHUP, so they are asked first.

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "detectors/looking.h"

namespace halfopen {

namespace {

class PollRdhup : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        return hears(socket_events(s, {}), {.eof = "poll: POLLRDHUP", .error_call = "SO_ERROR"});
    }

    void watch(Connection& connection, Out& out) const override {
        for (;;) {
            pollfd watched{connection.fd(), POLLIN | POLLRDHUP, 0};
            const int ready = poll(&watched, 1, -1);
            if (ready == -1 && errno == EINTR)
                continue;
            if (ready == -1)
                return out.gone("poll", errno);
            read_what_waits(connection);
            if (watched.revents & (POLLERR | POLLHUP))
                return say_error(connection.fd(), out);
            if (watched.revents & POLLRDHUP)
                return out.eof("poll: POLLRDHUP");
        }
    }

private:
    /// Takes the pending error off the socket. It is 0 when somebody else took it before.
    static void say_error(int fd, Out& out) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
        error ? out.gone("SO_ERROR", error) : out.gone("poll: POLLHUP");
    }
};

} // namespace

extern const Method poll_rdhup_method;
const Method poll_rdhup_method{{.name = "poll-rdhup",
                                .label = "poll(), RDHUP",
                                .summary = "poll() with POLLIN and POLLRDHUP: RDHUP is the end of what the "
                                           "client sends, ERR and HUP are the end of the connection",
                                .needs = {},
                                .settings = {}},
                               make<PollRdhup>};

} // namespace halfopen
