// TCP_RTO_MAX_MS: the longest gap between two retransmissions of this socket, instead of two minutes (Linux
// 6.15). The kernel's patience is a time that it computes from tcp_retries2 doublings, each of at most this
// (net/ipv4/tcp_timer.c: tcp_model_timeout()): so a lower cap shortens it, without giving up sooner than
// after that many tries.

#include <cerrno>

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "detectors/theory/words.h"
#include "harness/base/error.h"
#include "harness/linux/machine.h"
#include "harness/linux/socket.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class RtoMax : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return fmt::format("RTO at most {}", plain(interval())); }

    Timing timing() const override {
        return {.anchor = "", .limit = retransmission_budget(KernelFacts{}.retries2, interval())};
    }

    std::string why_not_here() const override {
        const Fd socket{check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "making a TCP socket")};
        int value = 0;
        socklen_t size = sizeof value;
        if (getsockopt(socket.get(), IPPROTO_TCP, tcp_rto_max_ms, &value, &size) == 0)
            return {};
        return fmt::format("TCP_RTO_MAX_MS needs Linux 6.15, and this is {}", kernel_release());
    }

    SocketTimers socket_timers() const override {
        return {.rto_max = std::chrono::ceil<std::chrono::milliseconds>(interval())};
    }

    Prediction predict(const Situation& s) const override { return hears(socket_events(s, socket_timers())); }

    void watch(Connection& connection, Out& out) const override {
        const auto milliseconds = static_cast<int>(socket_timers().rto_max / 1ms);
        set_option(connection.fd(), IPPROTO_TCP, tcp_rto_max_ms, milliseconds, "TCP_RTO_MAX_MS");
        while (receive(connection, out)) {
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
};

} // namespace

extern const Method rto_max_method;
const Method rto_max_method{
    {.name = "rto-max",
     .label = "RTO at most",
     .family = MethodFamily::timers,
     .summary =
         "TCP_RTO_MAX_MS: retransmissions come at least every interval, and recv() fails when tcp_retries2 "
         "doublings, each of at most that, have passed",
     .needs = {},
     .settings = {{.name = "interval",
                   .fallback = "1s",
                   .meaning = "TCP_RTO_MAX_MS: the longest gap between two retransmissions",
                   .least = 1'000'000'000,
                   .most = 120'000'000'000}}},
    make<RtoMax>};

} // namespace halfopen
