#pragma once
// A file descriptor with one owner: closed when the owner goes, moved and never copied.

#include <cstddef>
#include <span>
#include <utility>

#include "harness/base/time.h"

namespace halfopen {

class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    ~Fd() { reset(); }
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    void reset() noexcept;
    /// Forgets it without closing it.
    int release() noexcept { return std::exchange(fd_, -1); }
    /// A second descriptor of the same open file (dup(2)), close-on-exec.
    Fd duplicate() const;

private:
    int fd_ = -1;
};

/// eventfd(2): a counter that becomes readable when it is above zero.
Fd event_fd();
/// Adds to an eventfd's counter.
void post(const Fd& event, unsigned long n = 1);
/// timerfd(2) on CLOCK_MONOTONIC, not yet set.
Fd timer_fd();
/// Makes a timerfd readable once, at that instant; at once when it is past.
void set_timer(const Fd& timer, Instant);

/// pipe2(2): the end to read from and the end to write to, both close-on-exec.
std::pair<Fd, Fd> make_pipe();

/// A connected pair of sockets; `type` is SOCK_STREAM or SOCK_SEQPACKET.
std::pair<Fd, Fd> socket_pair(int type);

} // namespace halfopen
