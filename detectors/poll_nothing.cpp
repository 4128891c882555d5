// poll() with events = 0: ask for nothing, and be told of POLLERR and POLLHUP all the same (poll(2)). A cheap
// watch over a connection that nobody wants to read just now; but a FIN sets neither bit, so a client that
// says goodbye properly is not noticed.

#include <poll.h>

#include <cerrno>

#include "detectors/looking.h"

namespace halfopen {

namespace {

class PollNothing : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        return sees_end(s, {.signal = "poll: POLLHUP", .of_fin = "a FIN sets POLLIN and POLLRDHUP only"});
    }

    void watch(Connection& connection, Out& out) const override {
        for (;;) {
            pollfd watched{connection.fd(), 0, 0};
            const int ready = poll(&watched, 1, -1);
            if (ready == -1 && errno != EINTR)
                return out.gone("poll", errno);
            // Not SO_ERROR: whoever reads may have taken the error already, and POLLHUP stays.
            if (ready == 1)
                return out.gone("poll: POLLHUP");
        }
    }
};

} // namespace

extern const Method poll_nothing_method;
const Method poll_nothing_method{{.name = "poll-nothing",
                                  .label = "poll(), events 0",
                                  .summary =
                                      "poll() with events = 0 returns POLLERR and POLLHUP unasked: the "
                                      "end of the connection, but not of what the client sends",
                                  .job = Job::neither,
                                  .needs = {},
                                  .settings = {}},
                                 make<PollNothing>};

} // namespace halfopen
