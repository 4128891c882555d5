// Folklore: "poll() says readable, FIONREAD says 0 bytes: so the client has closed."
//
// For a FIN that is so, and for an error too, because poll() calls a dead socket readable (poll(2); tcp(7),
// SIOCINQ). But the method cannot tell them apart, so it calls a half-closed client dead; where another
// thread reads the same socket, it convicts whoever has just spoken; and of silence it hears nothing.

#include <poll.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "detectors/looking.h"

namespace halfopen {

namespace {

class FionRead : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        Prediction p = hears(socket_events(s, {}), {.eof = "FIONREAD: 0", .eof_verdict = Verdict::gone});
        if (p.kind == Prediction::Kind::window)
            p.signal = "FIONREAD: 0";
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        for (;;) {
            pollfd watched{connection.fd(), POLLIN, 0};
            if (poll(&watched, 1, -1) == -1) {
                if (errno == EINTR)
                    continue;
                return out.gone("poll", errno);
            }
            int waiting = 0;
            if (ioctl(connection.fd(), FIONREAD, &waiting) == -1)
                return out.gone("FIONREAD", errno);
            if (waiting == 0)
                return out.gone("FIONREAD: 0");
            read_what_waits(connection);
        }
    }
};

} // namespace

extern const Method fionread_method;
const Method fionread_method{
    {.name = "fionread",
     .label = "FIONREAD 0",
     .summary =
         "folklore: poll() says readable and FIONREAD counts 0 bytes, so the client is taken to be gone",
     .folklore = true,
     .needs = {},
     .settings = {}},
    make<FionRead>};

} // namespace halfopen
