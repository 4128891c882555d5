// HTTP/2's way: whoever has just spoken need not be asked. The server pings only after `idle` without any
// message, and when nothing at all has come for `timeout`, the client is gone (Go's http2.Transport calls it
// ReadIdleTimeout and PingTimeout, gRPC keepalive).
//
// On a busy connection it costs nothing, on an idle one as much as ping-pong. Any message counts, so it
// proves that *something* in the client writes, and only on an idle link that its worker answers.

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/talk.h"
#include "detectors/theory/words.h"
#include "detectors/waiting.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class ReadIdlePing : public DetectorBase {
public:
    ReadIdlePing(const Description& about, Settings settings) : DetectorBase(about, std::move(settings)) {
        if (timeout() > idle())
            return;
        throw BadInput(
            fmt::format("detector \"read-idle-ping\": timeout={} is not above idle={}, so a client would be "
                        "convicted before it is asked; write timeout={}",
                        spell(timeout()), spell(idle()), spell(5 * idle())));
    }

    std::string label() const override {
        return fmt::format("read-idle ping {}, limit {}", plain(idle()), plain(timeout()));
    }

    Timing timing() const override {
        return {.anchor = "last message received", .period = idle(), .lead = idle(), .limit = timeout()};
    }

    Prediction predict(const Situation& s) const override {
        const Window waited = waited_before_fault(s);
        const Duration late = poll_lateness(idle());
        const Window next_ping{std::max<Duration>(0ns, idle() - waited.to),
                               std::max<Duration>(0ns, idle() - waited.from) + late};
        return earlier(nothing_comes(s), hears(socket_events(s, {}, next_ping)));
    }

    void watch(Connection& connection, Out& out) const override {
        Talk talk(connection, out);
        Instant asked{};
        for (;;) {
            const Instant heard = connection.last_message();
            const bool waits_for_pong = asked > heard;
            if (!waits_for_pong && MonotonicClock::now() >= heard + idle()) {
                asked = MonotonicClock::now();
                talk.say(connection.ping());
            }
            const Instant next = asked > heard ? heard + timeout() : heard + idle();
            const Talk::Round round = talk.serve(next);
            if (round == Talk::Round::over)
                return;
            if (round == Talk::Round::waited && MonotonicClock::now() >= heard + timeout())
                return out.gone(signal());
        }
    }

private:
    Duration idle() const { return settings().duration("idle"); }
    Duration timeout() const { return settings().duration("timeout"); }
    std::string signal() const { return fmt::format("no message for {}", plain(timeout())); }

    /// Any frame of the client's counts: its own, or the pong that comes when it is silent.
    Waiting for_a_message(const Situation& s) const {
        const Duration traffic = info(s.traffic).client_interval;
        const bool speaks = traffic > 0ns && traffic < idle();
        return {.what = "message",
                .signal = signal(),
                .beat = speaks ? traffic : idle(),
                .limit = {timeout(), timeout() + poll_lateness(timeout())},
                .last_before = waited_before_fault(s),
                .crowded = speaks || s.traffic == Traffic::sending,
                .other_write = speaks ? std::nullopt : next_write_of(s)};
    }

    Prediction nothing_comes(const Situation& s) const {
        const bool full = s.traffic == Traffic::buffer_full;
        if (const auto waited = waits(s, for_a_message(s)); waited && !full)
            return *waited;
        // What a client wrote by itself waits in the socket, and is read before the clock is asked.
        const bool speaks = info(s.traffic).client_interval > 0ns;
        if (const auto waited = overslept(s, for_a_message(s)); waited && !full && !speaks)
            return *waited;
        if (answers_pings(s) && !full)
            return never(fmt::format("the client writes, or its worker answers the ping that comes after {} "
                                     "of silence, well within {}",
                                     plain(idle()), plain(timeout())));
        if (const Duration beat = info(s.traffic).client_interval; traffic_goes_on(s) && beat > 0ns && beat < timeout())
            return never(fmt::format("the client writes every {}, which is all that is asked of it", plain(beat)));
        const Window before = last_answer(s, waited_before_fault(s), idle());
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = Window{timeout(), timeout() + poll_lateness(timeout())} - before;
        p.signal = signal();
        p.rule = full ? fmt::format("the ping waits behind the full buffer and the client does not read; {} "
                                    "after its last message it is called gone, dead or not",
                                    plain(timeout()))
                      : fmt::format("the last message + {}; the ping, {} after it, stays unanswered",
                                    plain(timeout()), plain(idle()));
        p.steps = {"0 s: the last message arrives", fmt::format("{} later: the fault", in_seconds(before)),
                   fmt::format("{}: a ping", plain(idle())),
                   fmt::format("{}: nothing came", plain(timeout()))};
        return p;
    }
};

} // namespace

extern const Method read_idle_ping_method;
const Method read_idle_ping_method{
    {.name = "read-idle-ping",
     .label = "read-idle ping",
     .family = MethodFamily::protocol,
     .summary = "send() asks only after a silence of idle; recv() without any message for timeout means gone",
     .job = Job::both,
     .needs = {clients_cooperation},
     .settings = {{.name = "idle",
                   .fallback = "2s",
                   .meaning = "the server asks after so long without a message",
                   .least = 1'000'000},
                  {.name = "timeout",
                   .fallback = "10s",
                   .meaning = "no message for so long means gone",
                   .least = 1'000'000}}},
    make<ReadIdlePing>};

} // namespace halfopen
