// Ping-pong with a well-meant saving: whoever has just written something does not ping as well. The clock of
// silence is reset by the server's *own* writes, which prove nothing about the client.
//
// A known bug, kept as one: a server that always has something to write never asks, and waits for TCP to give
// up. read-idle-ping is the same saving done right: what is received resets the clock.

#include <algorithm>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/talk.h"
#include "detectors/theory/words.h"
#include "detectors/waiting.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class PingUnlessBusy : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override {
        return fmt::format("ping unless busy {}, limit {}", plain(interval()), plain(timeout()));
    }

    Timing timing() const override {
        return {.anchor = "last ping", .period = interval(), .lead = interval(), .limit = timeout()};
    }

    Prediction predict(const Situation& s) const override {
        // Requests that go on are answered, though nobody reads the answers.
        const bool answers = s.traffic == Traffic::request_response && fills_client(s);
        const Duration server = answers ? info(s.traffic).client_interval : info(s.traffic).server_interval;
        if (server > 0ns && server < interval()) {
            Prediction p = hears(socket_events(s, {}));
            p.rule = fmt::format("the server writes every {}, so it never pings: {}", plain(server), p.rule);
            return p;
        }
        const Window ping = next_ping(s);
        const Window own{std::max<Duration>(0ns, ping.from), std::max<Duration>(0ns, ping.to)};
        return earlier(pong_missing(s), hears(socket_events(s, {}, own)));
    }

    void watch(Connection& connection, Out& out) const override {
        Talk talk(connection, out);
        Instant asked{};
        for (;;) {
            const bool open = asked > connection.last_pong(); // a ping without its pong
            const Instant next_ping = talk.last_write() + interval();
            if (!open && MonotonicClock::now() >= next_ping) {
                asked = MonotonicClock::now();
                talk.say(connection.ping());
            }
            const Instant limit = asked + timeout();
            const Talk::Round round = talk.serve(asked > connection.last_pong() ? limit : next_ping);
            if (round == Talk::Round::over)
                return;
            if (round == Talk::Round::waited && asked > connection.last_pong() &&
                MonotonicClock::now() >= limit)
                return out.gone(signal());
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
    Duration timeout() const { return settings().duration("timeout"); }
    std::string signal() const { return fmt::format("no pong for {}", plain(timeout())); }

    /// From the server's last own write to the fault; negative for one that comes after it.
    Window written_before_fault(const Situation& s) const {
        const Window waited = waited_before_fault(s);
        switch (s.traffic) {
        case Traffic::buffer_full: return s.watch_before_fault; // the buffer was full before watching began
        case Traffic::in_flight: return {0ns, 1ms};
        case Traffic::receiving: return {-s.one_way, interval()}; // only pings are written
        case Traffic::request_response: return waited;            // the last request was answered at once
        default: break;
        }
        // The pong came a round trip after its ping, and the proof of life about when watching began.
        const Window since{waited.from, waited.to + 2 * s.one_way};
        if (s.traffic != Traffic::one_write)
            return since;
        const Window write = *next_write_of(s);
        return {-write.to, interval() - since.to > write.to ? -write.from : since.to};
    }

    /// From the fault; negative for one whose pong was still on its way.
    Window next_ping(const Situation& s) const {
        const Window since = written_before_fault(s);
        return {interval() - since.to, interval() - since.from + poll_lateness(interval()) + at_once.to};
    }

    Prediction pong_missing(const Situation& s) const {
        const bool full = s.traffic == Traffic::buffer_full;
        const Duration traffic = info(s.traffic).client_interval;
        const Duration limit = interval() + timeout();
        if (const auto waited = waits(s, {.what = "pong",
                                          .signal = signal(),
                                          .beat = interval(),
                                          .limit = {limit, limit + poll_lateness(limit)},
                                          .last_before = written_before_fault(s),
                                          .crowded = traffic > 0ns,
                                          .other_write = next_write_of(s)});
            waited && !full)
            return *waited;
        if (answers_pings(s) && !full)
            return never(
                fmt::format("the client's worker answers every ping, well within {}", plain(timeout())));
        const Window ping = next_ping(s);
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = ping + Window{timeout(), timeout() + poll_lateness(timeout())};
        p.signal = signal();
        p.rule =
            fmt::format("the server's last write + {} is the next ping, and {} after it no pong has come{}",
                        plain(interval()), plain(timeout()), full ? ": it waits behind the full buffer" : "");
        p.steps = {fmt::format("{} after the fault: the next ping", in_seconds(ping)),
                   fmt::format("{} later: no pong", plain(timeout()))};
        return p;
    }
};

} // namespace

extern const Method ping_unless_busy_method;
const Method ping_unless_busy_method{
    {.name = "ping-unless-busy",
     .label = "ping unless busy",
     .family = MethodFamily::protocol,
     .summary =
         "send() asks only when the server itself has written nothing for interval; no pong for timeout "
         "means gone (a known bug: a busy writer never asks)",
     .job = Job::both,
     .needs = {clients_cooperation},
     .settings = {{.name = "interval",
                   .fallback = "2s",
                   .meaning = "the server asks when it has written nothing for so long",
                   .least = 1'000'000},
                  {.name = "timeout",
                   .fallback = "10s",
                   .meaning = "no answer to a ping for so long means gone",
                   .least = 1'000'000}}},
    make<PingUnlessBusy>};

} // namespace halfopen
