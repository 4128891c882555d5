// Law 3, done right: select() only says "recv() will not block now"; what recv() then returns is judged by
// law 1 done right. After an end of file the socket stays readable for ever, so whoever goes on watching it
// spins.

#include <sys/select.h>
#include <sys/socket.h>

#include <cerrno>

#include "detectors/descriptor_limit.h"
#include "detectors/predicting.h"
#include "detectors/recv.h"

namespace halfopen {

namespace {

class Select : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override { return hears(socket_events(s, {})); }

    void watch(Connection& connection, Out& out) const override {
        require_selectable(connection.fd());
        for (;;) {
            fd_set readable;
            FD_ZERO(&readable);
            FD_SET(connection.fd(), &readable);
            const int ready = select(connection.fd() + 1, &readable, nullptr, nullptr, nullptr);
            if (ready == -1 && errno == EINTR)
                continue;
            if (ready == -1)
                return out.gone("select", errno);
            if (!FD_ISSET(connection.fd(), &readable))
                continue;
            // select(2), "BUGS": a socket may be called ready and then have nothing, hence MSG_DONTWAIT.
            if (!receive(connection, out, MSG_DONTWAIT))
                return;
        }
    }
};

} // namespace

extern const Method select_method;
const Method select_method{{.name = "select",
                            .label = "select()",
                            .summary =
                                "select() says when to call recv(), and recv() decides: 0 is the end of what "
                                "the client sends, an error the end of the connection",
                            .law = 3,
                            .form = Form::done_right,
                            .needs = {},
                            .settings = {}},
                           make<Select>};

} // namespace halfopen
