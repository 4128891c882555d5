// NFD-E, the failure detector with expected arrivals of Chen, Toueg and Aguilera (2002). A heartbeat with a
// timer that starts anew at each message waits longer after a message that was late. NFD-E instead works out
// when each hello is *expected*, from all the last ones, and allows a safety margin after that.
//
// Its suspicion is taken back when the hello comes. A server cannot take back close(), so it suspects at the
// first hello that is missing, and calls the client gone when `count` of them are missing one after another.

#include <fmt/format.h>

#include "detectors/hellos.h"
#include "detectors/predicting.h"
#include "detectors/theory/arrivals.h"
#include "detectors/theory/words.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;
using Heard = HelloReader::Heard;

class ChenNfdE : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override {
        return fmt::format("Chen NFD-E {} + {}, {} missed", plain(interval()), plain(margin()), count());
    }

    Timing timing() const override {
        return {.anchor = "last message received",
                .period = interval(),
                .lead = 4 * interval(), // some arrivals to learn from
                .limit = count() * interval() + margin()};
    }

    Duration hello_interval() const override { return interval(); }

    Prediction predict(const Situation& s) const override {
        const Window fresh = learned_limit(s, interval(), [&](std::span<const Instant> arrivals) {
            ExpectedArrival arrival(interval(), arrivals.front() - interval());
            for (const Instant each : arrivals)
                arrival.heard(each);
            return arrival.expected(count()) + margin() - arrivals.back();
        });
        const HelloLimit hello{interval(), fresh, signal(),
                               fmt::format("{} x {} + {}", count(), plain(interval()), plain(margin()))};
        return earlier(hello_missing(s, hello), hears(socket_events(s, {})));
    }

    void watch(Connection& connection, Out& out) const override {
        HelloReader hellos(connection, out);
        ExpectedArrival arrival(interval(), MonotonicClock::now());
        for (int missing = 0;;) {
            // The freshness point: until then the last hello is fresh enough.
            const Heard heard = hellos.wait(arrival.expected(missing + 1) + margin());
            if (heard == Heard::over)
                return;
            if (heard == Heard::hello) {
                arrival.heard(MonotonicClock::now());
                if (missing > 0)
                    out.trust();
                missing = 0;
                continue;
            }
            ++missing;
            if (missing == 1)
                out.suspect();
            if (missing == count())
                return out.gone(signal());
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
    Duration margin() const { return settings().duration("margin"); }
    int count() const { return settings().count("count"); }
    std::string signal() const {
        return count() == 1 ? "1 hello missing" : fmt::format("{} hellos missing", count());
    }
};

} // namespace

extern const Method chen_nfd_e_method;
const Method chen_nfd_e_method{
    {.name = "chen-nfd-e",
     .label = "Chen NFD-E",
     .family = MethodFamily::protocol,
     .summary =
         "works out when each of the client's hellos is expected, and reads with recv(); when count of "
         "them in a row are missing a margin later, the client is gone",
     .needs = {clients_cooperation},
     .settings = {{.name = "interval",
                   .fallback = "2s",
                   .meaning = "how often the client says hello",
                   .least = 1'000'000},
                  {.name = "margin",
                   .fallback = "500ms",
                   .meaning = "how much later than expected a hello may come (alpha in the paper)",
                   .least = 1'000'000},
                  {.name = "count",
                   .fallback = "2",
                   .unit = SettingInfo::Unit::count,
                   .meaning = "so many hellos missing in a row mean gone; one is a suspicion",
                   .most = 100}}},
    make<ChenNfdE>};

} // namespace halfopen
