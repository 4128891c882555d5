// TCP_USER_TIMEOUT alone: how long written data may stay unacknowledged (tcp(7); RFC 5482). It is no
// keepalive: on an idle link nothing is unacknowledged, and it never ends anything.

#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "detectors/theory/words.h"
#include "harness/linux/socket.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class UserTimeout : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return "user timeout " + plain(timeout()); }

    Timing timing() const override { return {.anchor = "", .limit = timeout()}; }

    // TCP_USER_TIMEOUT counts milliseconds, and 0 would mean "off".
    SocketTimers socket_timers() const override {
        return {.user_timeout = std::chrono::ceil<std::chrono::milliseconds>(timeout())};
    }

    Prediction predict(const Situation& s) const override { return hears(socket_events(s, socket_timers())); }

    void watch(Connection& connection, Out& out) const override {
        const auto milliseconds = static_cast<int>(socket_timers().user_timeout / 1ms);
        set_option(connection.fd(), IPPROTO_TCP, TCP_USER_TIMEOUT, milliseconds, "TCP_USER_TIMEOUT");
        while (receive(connection, out)) {
        }
    }

private:
    Duration timeout() const { return settings().duration("timeout"); }
};

} // namespace

extern const Method user_timeout_method;
const Method user_timeout_method{
    {.name = "user-timeout",
     .label = "user timeout",
     .family = MethodFamily::timers,
     .summary = "TCP_USER_TIMEOUT: recv() fails when written data stays unacknowledged for so long",
     .needs = {},
     .settings = {{.name = "timeout",
                   .fallback = "10s",
                   .meaning = "TCP_USER_TIMEOUT: how long data may stay unacknowledged",
                   .least = 1'000'000,
                   .most = 2'147'483'000'000'000}}},
    make<UserTimeout>};

} // namespace halfopen
