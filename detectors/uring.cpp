#include "detectors/uring.h"

#include <cerrno>

#include "harness/base/error.h"
#include "harness/linux/sysctl.h"

namespace halfopen {

namespace {

constexpr unsigned entries = 4;

int checked(int result, const char* doing) {
    if (result < 0)
        throw SystemError(doing, -result);
    return result;
}

} // namespace

Ring::Ring() { checked(io_uring_queue_init(entries, &ring_, 0), "making an io_uring"); }

Ring::Completion Ring::wait() {
    int submitted = io_uring_submit(&ring_);
    while (submitted == -EINTR || submitted == -EAGAIN)
        submitted = io_uring_submit(&ring_);
    checked(submitted, "submitting to an io_uring");
    io_uring_cqe* done = nullptr;
    int ready = io_uring_wait_cqe(&ring_, &done);
    while (ready == -EINTR || ready == -EAGAIN)
        ready = io_uring_wait_cqe(&ring_, &done);
    checked(ready, "waiting for an io_uring");
    const Completion completion{done->res, done->flags};
    io_uring_cqe_seen(&ring_, done);
    return completion;
}

std::string why_no_uring() {
    io_uring ring{};
    const int result = io_uring_queue_init(entries, &ring, 0);
    if (result == 0) {
        io_uring_queue_exit(&ring);
        return {};
    }
    const auto disabled = read_sysctl("kernel.io_uring_disabled");
    if (result == -EPERM && disabled && *disabled != "0")
        return fmt::format("io_uring is refused: kernel.io_uring_disabled = {}; root allows it with: sysctl "
                           "kernel.io_uring_disabled=0",
                           *disabled);
    if (result == -EPERM)
        return "io_uring is refused with EPERM, as the seccomp filters of containers do";
    if (result == -ENOSYS)
        return "this kernel has no io_uring (CONFIG_IO_URING)";
    return fmt::format("io_uring is refused with {}", errno_name(-result));
}

} // namespace halfopen
