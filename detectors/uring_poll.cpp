// Multishot poll by io_uring: one request, and a completion each time that something happens on the socket
// (io_uring_prep_poll_multishot(3)). As with an edge-triggered epoll, what was told once is not told again,
// so each completion means: read until nothing is left.

#include <poll.h>
#include <sys/socket.h>

#include <array>

#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "detectors/uring.h"

namespace halfopen {

namespace {

class UringPoll : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string why_not_here() const override { return why_no_uring(); }

    Prediction predict(const Situation& s) const override { return hears(socket_events(s, {})); }

    void watch(Connection& connection, Out& out) const override {
        Ring ring;
        for (bool armed = false;;) {
            if (!armed)
                io_uring_prep_poll_multishot(ring.request(), connection.fd(), POLLIN);
            const Ring::Completion done = ring.wait();
            if (done.result < 0)
                return out.gone("io_uring poll", -done.result);
            // The kernel may end a multishot request at any time, and then it wants a new one.
            armed = (done.flags & IORING_CQE_F_MORE) != 0;
            if (!read_all(connection, out))
                return;
        }
    }

private:
    /// False when the connection has ended.
    static bool read_all(Connection& connection, Out& out) {
        std::array<char, 4096> buffer;
        for (;;) {
            const auto bytes = receive_into(buffer, connection, out, MSG_DONTWAIT);
            if (!bytes)
                return false;
            if (bytes->empty())
                return true;
        }
    }
};

} // namespace

extern const Method uring_poll_method;
const Method uring_poll_method{
    {.name = "uring-poll",
     .label = "io_uring poll",
     .summary =
         "IORING_OP_POLL_ADD, multishot: each completion says when to call recv(), and recv() decides",
     .needs = {},
     .settings = {}},
    make<UringPoll>};

} // namespace halfopen
