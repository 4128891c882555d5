// Law 4, as stated: SO_KEEPALIVE makes the kernel ask a silent client, and recv() fails when it does not
// answer (tcp(7): TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT; RFC 9293, 3.8.4).
//
// It asks only while nothing is unacknowledged: one byte in flight, and the retransmission timer takes over,
// which takes 15 minutes. See keepalive_user_timeout.cpp.

#include "detectors/keepalive.h"

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "harness/base/error.h"
#include "harness/linux/socket.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class Keepalive : public DetectorBase {
public:
    Keepalive(const Description& about, Settings settings)
        : DetectorBase(about, std::move(settings)), timers_(keepalive_timers(about, this->settings())) {}

    int law() const override { return are_the_notes(timers_) ? describe().law : 0; }

    std::string label() const override {
        const std::string numbers = keepalive_numbers(timers_);
        return numbers == "system defaults" ? "keepalive, system defaults" : "keepalive " + numbers;
    }

    Timing timing() const override {
        return {.anchor = "last segment received",
                .period = timers_.idle,
                .limit = timers_.idle + timers_.count * timers_.interval};
    }

    SocketTimers socket_timers() const override { return timers_; }

    Prediction predict(const Situation& s) const override { return hears(socket_events(s, timers_)); }

    void watch(Connection& connection, Out& out) const override {
        const int fd = connection.fd();
        set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(timers_.idle / 1s), "TCP_KEEPIDLE");
        set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(timers_.interval / 1s), "TCP_KEEPINTVL");
        set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, timers_.count, "TCP_KEEPCNT");
        set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1, "SO_KEEPALIVE");
        while (receive(connection, out)) {
        }
    }

private:
    SocketTimers timers_;
};

Duration whole_seconds(const Description& about, const Settings& settings, std::string_view name) {
    const Duration value = settings.duration(name);
    if (value % 1s == 0ns)
        return value;
    throw BadInput(fmt::format(
        "detector \"{}\": {}={} is no whole number of seconds, which is all that the socket "
        "option takes; write {}={}s",
        about.name, name, spell(value), name, std::chrono::ceil<std::chrono::seconds>(value).count()));
}

} // namespace

std::vector<SettingInfo> keepalive_settings() {
    constexpr int64_t second = 1'000'000'000;
    constexpr int64_t longest = 32'767 * second; // MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL
    return {{.name = "idle",
             .fallback = "60s",
             .meaning = "TCP_KEEPIDLE: silence before the first probe, in whole seconds",
             .least = second,
             .most = longest},
            {.name = "interval",
             .fallback = "5s",
             .meaning = "TCP_KEEPINTVL: from one unanswered probe to the next, in whole seconds",
             .least = second,
             .most = longest},
            {.name = "count",
             .fallback = "3",
             .unit = SettingInfo::Unit::count,
             .meaning = "TCP_KEEPCNT: unanswered probes that end the connection",
             .most = 127}};
}

SocketTimers keepalive_timers(const Description& about, const Settings& settings) {
    return {.keepalive = true,
            .idle = whole_seconds(about, settings, "idle"),
            .interval = whole_seconds(about, settings, "interval"),
            .count = settings.count("count")};
}

bool are_the_notes(const SocketTimers& timers) {
    return timers.idle == 60s && timers.interval == 5s && timers.count == 3;
}

std::string keepalive_numbers(const SocketTimers& t) {
    if (t.idle == 2h && t.interval == 75s && t.count == 9)
        return "system defaults";
    return fmt::format("{}/{}/{}", t.idle / 1s, t.interval / 1s, t.count);
}

extern const Method keepalive_method;
const Method keepalive_method{
    {.name = "keepalive",
     .label = "keepalive",
     .family = MethodFamily::timers,
     .summary = "SO_KEEPALIVE with TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT: the kernel "
                "asks a silent client, and recv() fails when it does not answer",
     .law = 4,
     .form = Form::as_stated,
     .needs = {},
     .settings = keepalive_settings()},
    make<Keepalive>};

} // namespace halfopen
