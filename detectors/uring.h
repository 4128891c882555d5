#pragma once
// One io_uring: requests go in, completions come out (io_uring(7)). What the methods that wait by it share.

#include <liburing.h>

#include <string>

namespace halfopen {

class Ring {
public:
    Ring();
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;
    ~Ring() { io_uring_queue_exit(&ring_); }
    io_uring* get() { return &ring_; }

    /// The next request, to be filled in. There is always room: each method has one at a time.
    io_uring_sqe* request() { return io_uring_get_sqe(&ring_); }
    struct Completion {
        int result;     ///< as the system call would return it, and -errno for an error
        unsigned flags; ///< IORING_CQE_F_MORE: the request goes on and will complete again
    };
    /// Hands over what was asked for, and waits for a completion. Signals do not end the wait.
    Completion wait();

private:
    io_uring ring_{};
};

/// Why this kernel refuses io_uring; empty when it does not.
std::string why_no_uring();

} // namespace halfopen
