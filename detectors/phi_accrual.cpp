// The phi accrual failure detector of Hayashibara and others (2004), as Akka and Cassandra use it: not "is it
// dead", but "how unlikely is it that a living client is silent for so long", learned from its own hellos.
//
// The paper's point is one scale with several thresholds: what can be taken back is done at a low one, what
// cannot at a high one. So this server suspects at phi 1, and trusts again when a hello comes; at `threshold`
// it closes the connection, and that is the verdict.

#include <fmt/format.h>

#include "detectors/hellos.h"
#include "detectors/predicting.h"
#include "detectors/theory/arrivals.h"
#include "detectors/theory/words.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;
using Heard = HelloReader::Heard;

class PhiAccrual : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override {
        return fmt::format("phi accrual {}, phi {}", plain(interval()), threshold());
    }

    Timing timing() const override {
        return {.anchor = "last message received",
                .period = interval(),
                .lead = 4 * interval(), // some intervals to learn from
                .limit = PhiEstimate(interval()).silence(threshold())};
    }

    Duration hello_interval() const override { return interval(); }

    Prediction predict(const Situation& s) const override {
        return earlier(hello_missing(s, limit(s)), hears(socket_events(s, {})));
    }

    void watch(Connection& connection, Out& out) const override {
        HelloReader hellos(connection, out);
        PhiEstimate estimate(interval());
        Instant last = MonotonicClock::now();
        for (bool suspected = false;;) {
            const Instant doubt = last + estimate.silence(1);
            const Instant end = last + estimate.silence(threshold());
            const Heard heard = hellos.wait(suspected ? end : doubt);
            if (heard == Heard::over)
                return;
            if (heard == Heard::hello) {
                last = MonotonicClock::now();
                estimate.heard(last);
                if (suspected)
                    out.trust();
                suspected = false;
            } else if (MonotonicClock::now() >= end) {
                return out.gone(fmt::format("phi {}", threshold()));
            } else {
                out.suspect(); // give it no new work; keep what it has
                suspected = true;
            }
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
    int threshold() const { return settings().count("threshold"); }

    HelloLimit limit(const Situation& s) const {
        const Window silence = learned_limit(s, interval(), [&](std::span<const Instant> arrivals) {
            PhiEstimate estimate(interval());
            for (const Instant arrival : arrivals)
                estimate.heard(arrival);
            return estimate.silence(threshold());
        });
        return {interval(), silence, fmt::format("phi {}", threshold()),
                fmt::format("{} until phi is {} (intervals of {}, and a deviation at its floor, {})",
                            in_seconds(silence), threshold(), plain(interval()),
                            plain(PhiEstimate::least_deviation(interval())))};
    }
};

} // namespace

extern const Method phi_accrual_method;
const Method phi_accrual_method{
    {.name = "phi-accrual",
     .label = "phi accrual",
     .family = MethodFamily::protocol,
     .summary =
         "learns the intervals of the client's hellos and reads with recv(); when a silence is so long "
         "that phi reaches threshold, the client is gone",
     .needs = {clients_cooperation},
     .settings = {{.name = "interval",
                   .fallback = "2s",
                   .meaning = "how often the client says hello",
                   .least = 1'000'000},
                  {.name = "threshold",
                   .fallback = "8",
                   .unit = SettingInfo::Unit::count,
                   .meaning =
                       "phi: 1 errs once in 10 suspicions, 3 once in 1000, 8 once in a hundred million",
                   .most = 16}}},
    make<PhiAccrual>};

} // namespace halfopen
