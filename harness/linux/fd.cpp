#include "harness/linux/fd.h"

#include <fcntl.h>
#include <algorithm>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "harness/base/error.h"

namespace halfopen {

void Fd::reset() noexcept {
    // close() must not be repeated after EINTR: Linux has freed the number by then (close(2)).
    if (fd_ >= 0) close(std::exchange(fd_, -1));
}

Fd Fd::duplicate() const { return Fd{check(fcntl(fd_, F_DUPFD_CLOEXEC, 0), "duplicating descriptor {}", fd_)}; }

Fd event_fd() { return Fd{check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "creating an eventfd")}; }

void post(const Fd& event, unsigned long n) { check(eventfd_write(event.get(), n), "posting to an eventfd"); }

Fd timer_fd() {
    return Fd{check(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "creating a timerfd")};
}

void set_timer(const Fd& timer, Instant at) {
    using namespace std::chrono_literals;
    const Duration t = std::max<Duration>(at.time_since_epoch(), 1ns); // Zero would disarm it.
    const itimerspec once{{}, {static_cast<time_t>(t / 1s), static_cast<long>((t % 1s).count())}};
    check(timerfd_settime(timer.get(), TFD_TIMER_ABSTIME, &once, nullptr), "setting a timerfd");
}

std::pair<Fd, Fd> make_pipe() {
    int ends[2];
    check(pipe2(ends, O_CLOEXEC), "making a pipe");
    return {Fd{ends[0]}, Fd{ends[1]}};
}

std::pair<Fd, Fd> socket_pair(int type) {
    int fds[2];
    check(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds), "creating a socket pair");
    return {Fd{fds[0]}, Fd{fds[1]}};
}

} // namespace halfopen
