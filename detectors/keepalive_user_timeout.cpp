// Law 4, done right: keepalive for the idle link, and TCP_USER_TIMEOUT for the link on which data is
// unacknowledged, where keepalive is off (tcp(7); RFC 5482). Set to idle + interval x count, both end after
// the same silence.
//
// The option changes keepalive too: the kernel then ignores TCP_KEEPCNT and gives up at the first probe tick
// at which the user timeout has passed (net/ipv4/tcp_timer.c: tcp_keepalive_timer()). And it ends a
// connection whose window stays shut for so long, although the client's kernel answers: a client that may
// pause reading needs more.

#include "detectors/keepalive.h"
#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "harness/linux/socket.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class KeepaliveUserTimeout : public DetectorBase {
public:
    KeepaliveUserTimeout(const Description& about, Settings settings)
        : DetectorBase(about, std::move(settings)), timers_(keepalive_timers(about, this->settings())) {
        timers_.user_timeout = timers_.idle + timers_.count * timers_.interval;
    }

    int law() const override { return are_the_notes(timers_) ? describe().law : 0; }

    std::string label() const override {
        const std::string numbers = keepalive_numbers(timers_);
        return (numbers == "system defaults" ? "keepalive, " : "keepalive ") + numbers + " + user timeout";
    }

    Timing timing() const override {
        return {.anchor = "last segment received", .period = timers_.idle, .limit = timers_.user_timeout};
    }

    SocketTimers socket_timers() const override { return timers_; }

    Prediction predict(const Situation& s) const override { return hears(socket_events(s, timers_)); }

    void watch(Connection& connection, Out& out) const override {
        const int fd = connection.fd();
        set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(timers_.idle / 1s), "TCP_KEEPIDLE");
        set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(timers_.interval / 1s), "TCP_KEEPINTVL");
        set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, timers_.count, "TCP_KEEPCNT");
        set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(timers_.user_timeout / 1ms),
                   "TCP_USER_TIMEOUT");
        set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1, "SO_KEEPALIVE");
        while (receive(connection, out)) {
        }
    }

private:
    SocketTimers timers_;
};

} // namespace

extern const Method keepalive_user_timeout_method;
const Method keepalive_user_timeout_method{
    {.name = "keepalive+user-timeout",
     .label = "keepalive + user timeout",
     .family = MethodFamily::timers,
     .summary = "SO_KEEPALIVE, and TCP_USER_TIMEOUT = idle + interval x count for the time when data is "
                "unacknowledged and keepalive is off",
     .law = 4,
     .form = Form::done_right,
     .needs = {},
     .settings = keepalive_settings()},
    make<KeepaliveUserTimeout>};

} // namespace halfopen
