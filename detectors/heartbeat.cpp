// Law 5, as stated: the client says hello every `interval`, and when no message comes for `timeout` it is
// gone.
//
// The only methods that notice a stopped process are those that make the process itself speak: its kernel
// goes on acknowledging without it. What silence proves is less than the note says: gone, or slower than the
// limit.

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "detectors/theory/words.h"
#include "detectors/timeouts.h"
#include "detectors/waiting.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class Heartbeat : public DetectorBase {
public:
    Heartbeat(const Description& about, Settings settings) : DetectorBase(about, std::move(settings)) {
        if (timeout() > interval())
            return;
        throw BadInput(
            fmt::format("detector \"heartbeat\": timeout={} is not above interval={}, so a healthy client "
                        "would be convicted between two hellos; write timeout={}",
                        spell(timeout()), spell(interval()), spell(5 * interval())));
    }

    std::string label() const override {
        return fmt::format("heartbeat {}, limit {}", plain(interval()), plain(timeout()));
    }

    Timing timing() const override {
        return {
            .anchor = "last message received", .period = interval(), .lead = interval(), .limit = timeout()};
    }

    Duration hello_interval() const override { return interval(); }

    Prediction predict(const Situation& s) const override {
        return earlier(falls_silent(s), hears(socket_events(s, {})));
    }

    void watch(Connection& connection, Out& out) const override {
        const auto silence = [&] { return MonotonicClock::now() - connection.last_message(); };
        for (;;) {
            pollfd watched{connection.fd(), POLLIN, 0};
            const int ready = poll(&watched, 1, to_poll(timeout() - silence()));
            if (ready == -1 && errno != EINTR)
                return out.gone("poll", errno);
            if (ready == 1 && !receive(connection, out, MSG_DONTWAIT))
                return;
            // Only when nothing is left to read: if this server was stopped, the hellos wait in the socket.
            if (ready == 0 && silence() >= timeout())
                return out.gone(fmt::format("no message for {}", plain(timeout())));
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
    Duration timeout() const { return settings().duration("timeout"); }

    /// Every frame of the client's counts, hello or not.
    Waiting for_a_message(const Situation& s) const {
        const Duration traffic = info(s.traffic).client_interval;
        return {.what = "message",
                .signal = fmt::format("no message for {}", plain(timeout())),
                .beat = traffic > 0ns ? std::min(traffic, interval()) : interval(),
                .limit = {timeout(), timeout() + poll_lateness(timeout())},
                .last_before = waited_before_fault(s),
                .crowded = traffic > 0ns};
    }

    Prediction falls_silent(const Situation& s) const {
        if (const auto waited = waits(s, for_a_message(s)))
            return *waited;
        if (hellos_go_on(s))
            return never(fmt::format("the client says hello every {}, well within {}{}", plain(interval()),
                                     plain(timeout()),
                                     client_lives(s.effect) ? "" : ", and that proves nothing of what else it does"));
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = Window{timeout(), timeout() + poll_lateness(timeout())} - waited_before_fault(s);
        p.signal = fmt::format("no message for {}", plain(timeout()));
        p.rule = fmt::format("the last message + {}; the client says hello every {}, and no more comes",
                             plain(timeout()), plain(interval()));
        p.steps = {"0 s: the last message arrives",
                   fmt::format("{} later: the fault", in_seconds(waited_before_fault(s))),
                   fmt::format("{}: nothing came, and poll() ends", plain(timeout()))};
        return p;
    }
};

} // namespace

extern const Method heartbeat_method;
const Method heartbeat_method{{.name = "heartbeat",
                               .label = "heartbeat",
                               .family = MethodFamily::protocol,
                               .summary = "the client says hello every interval; poll() and recv() without a "
                                          "whole message for timeout mean gone",
                               .law = 5,
                               .form = Form::as_stated,
                               .needs = {clients_cooperation},
                               .settings = {{.name = "interval",
                                             .fallback = "2s",
                                             .meaning = "how often the client says hello",
                                             .least = 1'000'000},
                                            {.name = "timeout",
                                             .fallback = "10s",
                                             .meaning = "no message for so long means gone",
                                             .least = 1'000'000}}},
                              make<Heartbeat>};

} // namespace halfopen
