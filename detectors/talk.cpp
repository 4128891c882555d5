#include "detectors/talk.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "detectors/recv.h"
#include "detectors/send_error.h"
#include "detectors/timeouts.h"

namespace halfopen {

Talk::Round Talk::serve(Instant until) {
    const size_t before = unsent_.size();
    if (!send_some(connection_.fd(), unsent_, out_))
        return Round::over;
    if (unsent_.size() < before) {
        last_write_ = MonotonicClock::now();
        return Round::busy; // what was written may have moved the moment that the caller waits for
    }

    // New bytes are taken only when the kernel has taken the old ones.
    pollfd watched[] = {{connection_.fd(), POLLIN, 0}, {connection_.write_due_fd(), 0, 0}};
    if (unsent_.empty())
        watched[1].events = POLLIN;
    else
        watched[0].events |= POLLOUT;
    const int ready = poll(watched, 2, to_poll(until - MonotonicClock::now()));
    if (ready == -1 && errno != EINTR) {
        out_.gone("poll", errno);
        return Round::over;
    }
    if (ready == -1)
        return Round::busy;
    // What has arrived is read before the clock convicts: if this server was stopped, the answer waits in the
    // socket.
    const bool readable = (watched[0].revents & ~POLLOUT) != 0;
    if (readable && !receive(connection_, out_, MSG_DONTWAIT))
        return Round::over;
    if (watched[1].revents & POLLIN)
        say(connection_.take_due());
    return !readable && MonotonicClock::now() >= until ? Round::waited : Round::busy;
}

} // namespace halfopen
