// Multishot recv by io_uring: one request for the whole life of a connection, which takes its buffers from a
// common pool and completes once for each piece that arrives (io_uring_prep_recv_multishot(3), Linux 6.0).
//
// It may end with ENOBUFS when the pool is empty. That is a fact about the server's memory and none about
// the client: give buffers back, and ask again.

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "detectors/predicting.h"
#include "detectors/uring.h"
#include "harness/base/error.h"
#include "harness/linux/fd.h"
#include "harness/linux/machine.h"

namespace halfopen {

namespace {

/// Buffers that the kernel takes from, and that are given back when they have been read. Their number must be
/// a power of two (io_uring_register_buf_ring(3)).
class Pool {
public:
    static constexpr unsigned short group = 0;

    explicit Pool(Ring& ring) : ring_(ring) {
        io_uring_buf_reg where{};
        where.ring_addr = reinterpret_cast<uintptr_t>(&places_);
        where.ring_entries = count;
        where.bgid = group;
        const int result = io_uring_register_buf_ring(ring_.get(), &where, 0);
        if (result < 0)
            throw SystemError("registering buffers with an io_uring", -result);
        io_uring_buf_ring_init(places());
        for (unsigned short i = 0; i < count; ++i)
            give_back(i);
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    ~Pool() { io_uring_unregister_buf_ring(ring_.get(), group); }

    std::span<const char> bytes(unsigned short which, int n) const {
        return {buffers_[which].data(), static_cast<size_t>(n)};
    }
    void give_back(unsigned short which) {
        io_uring_buf_ring_add(places(), buffers_[which].data(), buffers_[which].size(), which,
                              io_uring_buf_ring_mask(count), 0);
        io_uring_buf_ring_advance(places(), 1);
    }

private:
    static constexpr unsigned count = 8;
    io_uring_buf_ring* places() { return reinterpret_cast<io_uring_buf_ring*>(&places_); }

    Ring& ring_;
    alignas(4096) std::array<char, 4096> places_{};
    std::array<std::array<char, 4096>, count> buffers_;
};

void ask(Ring& ring, int fd) {
    io_uring_sqe* const request = ring.request();
    io_uring_prep_recv_multishot(request, fd, nullptr, 0, 0);
    request->flags |= IOSQE_BUFFER_SELECT;
    request->buf_group = Pool::group;
}

/// One request to a pair of sockets shows it: older kernels take the flag for nonsense (EINVAL).
std::string why_no_multishot() {
    try {
        auto [watched, other] = socket_pair(SOCK_STREAM);
        other.reset();
        Ring ring;
        Pool pool(ring);
        ask(ring, watched.get());
        if (ring.wait().result == 0)
            return {};
    } catch (const SystemError&) { // Buffers cannot be registered before Linux 5.19.
    }
    return fmt::format("multishot recv needs Linux 6.0, and this is {}", kernel_release());
}

class UringRecvMultishot : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string why_not_here() const override {
        const std::string why = why_no_uring();
        return why.empty() ? why_no_multishot() : why;
    }

    Prediction predict(const Situation& s) const override {
        return hears(socket_events(s, {}), {.eof = "io_uring recv: 0", .error_call = "io_uring recv"});
    }

    void watch(Connection& connection, Out& out) const override {
        Ring ring;
        Pool pool(ring);
        for (bool armed = false;;) {
            if (!armed)
                ask(ring, connection.fd());
            const auto [n, flags] = ring.wait();
            armed = (flags & IORING_CQE_F_MORE) != 0;
            if (n == 0)
                return out.eof("io_uring recv: 0");
            if (n > 0) {
                const auto which = static_cast<unsigned short>(flags >> IORING_CQE_BUFFER_SHIFT);
                connection.received(pool.bytes(which, n));
                pool.give_back(which);
            } else if (n != -ENOBUFS && n != -EINTR && n != -EAGAIN) {
                return out.gone("io_uring recv", -n);
            }
        }
    }
};

} // namespace

extern const Method uring_recv_multishot_method;
const Method uring_recv_multishot_method{
    {.name = "uring-recv-multishot",
     .label = "io_uring multishot",
     .summary =
         "IORING_RECV_MULTISHOT: one request completes for each piece that arrives, with 0 at the end of "
         "file, and with -errno at the end of the connection, except ENOBUFS",
     .needs = {},
     .settings = {}},
    make<UringRecvMultishot>};

} // namespace halfopen
