// poll() with POLLIN, then recv(). POLLIN is set for data, for an end of file and for an error, so recv()
// says which (poll(2)); no other bit needs asking for.

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "detectors/predicting.h"
#include "detectors/recv.h"

namespace halfopen {

namespace {

class Poll : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override { return hears(socket_events(s, {})); }

    void watch(Connection& connection, Out& out) const override {
        for (;;) {
            pollfd watched{connection.fd(), POLLIN, 0};
            const int ready = poll(&watched, 1, -1);
            if (ready == -1 && errno == EINTR)
                continue;
            if (ready == -1)
                return out.gone("poll", errno);
            if (!receive(connection, out, MSG_DONTWAIT))
                return;
        }
    }
};

} // namespace

extern const Method poll_method;
const Method poll_method{{.name = "poll",
                          .label = "poll()",
                          .summary = "poll() with POLLIN says when to call recv(), and recv() decides",
                          .needs = {},
                          .settings = {}},
                         make<Poll>};

} // namespace halfopen
