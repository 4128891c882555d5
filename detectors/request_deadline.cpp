// A deadline for the next message, begun by the server's own: it has asked or answered, and wants to hear of
// the client within `timeout`. Every library with a request timeout has one, and every HTTP server that
// closes a connection whose client asks nothing more.
//
// It costs no packet. While the server owes the client something, or nobody has said anything, no clock runs,
// so an idle client is left in peace, alive or dead. And it takes for granted that what the server writes is
// answered: in a stream that only goes one way it convicts everybody.

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/talk.h"
#include "detectors/theory/words.h"
#include "detectors/waiting.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class RequestDeadline : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return "request deadline " + plain(timeout()); }

    // Half a second before the fault lets a client that asks have asked.
    Timing timing() const override { return {.anchor = "", .lead = 500ms, .limit = timeout()}; }

    Prediction predict(const Situation& s) const override {
        return earlier(nothing_follows(s), hears(socket_events(s, {})));
    }

    void watch(Connection& connection, Out& out) const override {
        Talk talk(connection, out);
        const Instant begin = talk.last_write();
        Instant asked = begin; // the first write since the last message
        for (;;) {
            if (asked == begin || connection.last_message() >= asked)
                asked = talk.last_write();
            const bool owed = asked > begin && asked > connection.last_message();
            const Talk::Round round = talk.serve(owed ? asked + timeout() : MonotonicClock::now() + 1h);
            if (round == Talk::Round::over)
                return;
            if (round == Talk::Round::waited && owed)
                return out.gone(signal());
        }
    }

private:
    Duration timeout() const { return settings().duration("timeout"); }
    std::string signal() const { return fmt::format("no message for {} after ours", plain(timeout())); }

    Prediction ends(Window write, std::string rule) const {
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = write + Window{timeout(), timeout() + poll_lateness(timeout()) + at_once.to};
        p.signal = signal();
        p.rule = std::move(rule);
        p.steps = {fmt::format("{} after the fault: the server writes", in_seconds(write)),
                   fmt::format("{} later: no message came", plain(timeout()))};
        return p;
    }

    Prediction nothing_follows(const Situation& s) const {
        const std::string one_way = fmt::format(
            "the server writes and waits {} for a message, but in {} traffic nothing that it writes is "
            "answered, by a living client either",
            plain(timeout()), info(s.traffic).name);
        switch (s.traffic) {
        case Traffic::idle:
        case Traffic::receiving:
        case Traffic::buffer_full:
            return never("the server neither asks nor answers anything here, so no deadline is set");
        case Traffic::in_flight: return ends({-1ms, 0ns}, one_way);
        case Traffic::one_write: return ends(*next_write_of(s), one_way);
        case Traffic::sending:
            if (s.particulars.server_stopped)
                return *overslept(s, {.what = "message", .signal = signal(), .limit = {timeout(), timeout()}, .last_before = s.watch_before_fault});
            return ends(Window{0ns, info(s.traffic).server_interval} - s.watch_before_fault, one_way);
        case Traffic::request_response: return no_request(s);
        }
        return {};
    }

    /// The client asks by a beat, and the server answers at once.
    Prediction no_request(const Situation& s) const {
        const Duration beat = info(s.traffic).client_interval;
        const Window before = waited_before_fault(s);
        if (timeout() < beat - at_once.to)
            return ends(Window{beat, beat} - s.watch_before_fault,
                        fmt::format("the client asks every {}, which is longer than {}", plain(beat),
                                    plain(timeout())));
        if (timeout() <= beat + at_once.to)
            return unknown(fmt::format("the client asks every {}, and whether that is later than {} is a "
                                       "matter of moments",
                                       plain(beat), plain(timeout())));
        if (const auto waited =
                waits(s, {.what = "request",
                          .signal = signal(),
                          .beat = beat,
                          .limit = {timeout(), timeout() + poll_lateness(timeout()) + at_once.to},
                          .last_before = before,
                          .crowded = true}))
            return *waited;
        if (traffic_goes_on(s))
            return never(
                fmt::format("the client asks again every {}, well within {}", plain(beat), plain(timeout())));
        return ends(Window{0ns, 0ns} - before,
                    fmt::format("the last answer + {}; no request comes any more", plain(timeout())));
    }
};

} // namespace

extern const Method request_deadline_method;
const Method request_deadline_method{
    {.name = "request-deadline",
     .label = "request deadline",
     .family = MethodFamily::protocol,
     .summary = "after its own send() the server wants the next message within timeout; recv() without one "
                "means gone",
     .job = Job::both,
     .needs = {},
     .settings = {{.name = "timeout",
                   .fallback = "10s",
                   .meaning = "no message for so long after the server's own means gone",
                   .least = 1'000'000}}},
    make<RequestDeadline>};

} // namespace halfopen
