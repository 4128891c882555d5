// An adaptive deadline: how Jacobson (1988) taught TCP to wait for an acknowledgement, used on hellos. The
// server waits for the smoothed interval and four mean deviations, so the limit follows the path instead of
// being guessed once for all.
//
// It begins as TCP does, with a deviation of half the first sample: a new connection is granted three
// intervals, and one that has been regular for a while one and a half.


#include <fmt/format.h>

#include "detectors/hellos.h"
#include "detectors/predicting.h"
#include "detectors/theory/arrivals.h"
#include "detectors/theory/words.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;
using Heard = HelloReader::Heard;

class Jacobson : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return fmt::format("Jacobson {}", plain(interval())); }

    Timing timing() const override {
        return {.anchor = "last message received",
                .period = interval(),
                .lead = 4 * interval(), // some intervals to learn from
                .limit = SmoothedInterval::patience_after(interval(), 4)};
    }

    Duration hello_interval() const override { return interval(); }

    Prediction predict(const Situation& s) const override {
        return earlier(hello_missing(s, limit(s)), hears(socket_events(s, {})));
    }

    void watch(Connection& connection, Out& out) const override {
        HelloReader hellos(connection, out);
        SmoothedInterval estimate(interval());
        Instant last = MonotonicClock::now();
        for (;;) {
            const Heard heard = hellos.wait(last + estimate.patience());
            if (heard == Heard::over)
                return;
            if (heard == Heard::nothing)
                return out.gone(signal);
            last = MonotonicClock::now();
            estimate.heard(last);
        }
    }

private:
    static constexpr const char* signal = "no hello for its interval and 4 deviations";

    Duration interval() const { return settings().duration("interval"); }

    HelloLimit limit(const Situation& s) const {
        const Window patience = learned_limit(s, interval(), [&](std::span<const Instant> arrivals) {
            SmoothedInterval estimate(interval());
            for (const Instant arrival : arrivals)
                estimate.heard(arrival);
            return estimate.patience();
        });
        return {interval(), patience, signal,
                fmt::format("{} (smoothed interval {}, and what 4 deviations have come down to)",
                            in_seconds(patience), plain(interval()))};
    }
};

} // namespace

extern const Method jacobson_method;
const Method jacobson_method{
    {.name = "jacobson",
     .label = "Jacobson",
     .family = MethodFamily::protocol,
     .summary = "reads with recv(); gone when no hello has come for the smoothed interval of the client's "
                "hellos and four mean deviations, as TCP reckons its RTO",
     .needs = {clients_cooperation},
     .settings = {{.name = "interval",
                   .fallback = "2s",
                   .meaning = "how often the client says hello",
                   .least = 1'000'000}}},
    make<Jacobson>};

} // namespace halfopen
