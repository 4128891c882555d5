#pragma once
// The reader's side of a ring in which the kernel reports what becomes of TCP sockets (SocketStates). It needs no
// privilege, only the descriptor, and one reader.

#include <cstddef>
#include <memory>
#include <optional>

#include "harness/linux/socket_states.h"

namespace halfopen {

size_t one_page();

class ReportRing {
public:
    /// Maps the ring, which has room for so many bytes: a page, if it is a namespace's own. The descriptor stays the
    /// caller's, and open as long as the ring is waited for.
    explicit ReportRing(int fd, size_t bytes = one_page());

    /// Readable (poll(2)) while there are reports to be taken.
    int fd() const { return fd_; }
    /// The next one, in the order in which they were made; nothing when there is none yet.
    std::optional<SocketChange> next();

private:
    struct Unmap {
        size_t size;
        void operator()(void* memory) const;
    };
    int fd_;
    std::unique_ptr<void, Unmap> consumer_; ///< a page that begins with how far we have read
    std::unique_ptr<void, Unmap> producer_; ///< one that begins with how far the kernel has written, and the data, twice
    size_t size_ = 0;
};

} // namespace halfopen
