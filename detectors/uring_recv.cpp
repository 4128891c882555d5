// recv() as a request to io_uring: the kernel reads when there is something, and says so by a completion
// whose result is what recv() would have returned (io_uring_prep_recv(3)).

#include <array>
#include <cerrno>

#include "detectors/predicting.h"
#include "detectors/uring.h"

namespace halfopen {

namespace {

class UringRecv : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string why_not_here() const override { return why_no_uring(); }

    Prediction predict(const Situation& s) const override {
        return hears(socket_events(s, {}), {.eof = "io_uring recv: 0", .error_call = "io_uring recv"});
    }

    void watch(Connection& connection, Out& out) const override {
        Ring ring;
        std::array<char, 4096> buffer;
        for (;;) {
            io_uring_prep_recv(ring.request(), connection.fd(), buffer.data(), buffer.size(), 0);
            const int n = ring.wait().result;
            if (n == 0)
                return out.eof("io_uring recv: 0");
            if (n > 0)
                connection.received({buffer.data(), static_cast<size_t>(n)});
            // The errno is in the result: there is no -1, and the variable errno means nothing here.
            else if (n != -EINTR && n != -EAGAIN)
                return out.gone("io_uring recv", -n);
        }
    }
};

} // namespace

extern const Method uring_recv_method;
const Method uring_recv_method{
    {.name = "uring-recv",
     .label = "io_uring recv",
     .summary = "IORING_OP_RECV: a completion with 0 is the end of what the client sends, one with -errno is "
                "the end of the connection",
     .needs = {},
     .settings = {}},
    make<UringRecv>};

} // namespace halfopen
