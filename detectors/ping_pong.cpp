// Law 5, done right: the server asks every `interval`, and the client's worker must answer. A heartbeat
// thread in the client may go on saying hello while the worker hangs; only an answer from the worker proves
// that it works.
//
// It writes by itself, so it also has what a writer has: unanswered pings are unacknowledged data, a ping to
// a host that forgot the connection draws a RST, and pings behind a full buffer are never answered.

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "detectors/send_error.h"
#include "detectors/theory/words.h"
#include "detectors/timeouts.h"
#include "detectors/waiting.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class PingPong : public DetectorBase {
public:
    PingPong(const Description& about, Settings settings) : DetectorBase(about, std::move(settings)) {
        if (timeout() > interval())
            return;
        throw BadInput(
            fmt::format("detector \"ping-pong\": timeout={} is not above interval={}, so a healthy client "
                        "would be convicted between two pings; write timeout={}",
                        spell(timeout()), spell(interval()), spell(5 * interval())));
    }

    std::string label() const override {
        return fmt::format("ping-pong {}, limit {}{}", plain(interval()), plain(timeout()),
                           pong_from_thread() ? ", answered by a thread" : "");
    }

    Timing timing() const override {
        return {.anchor = "last ping", .period = interval(), .lead = interval(), .limit = timeout()};
    }

    bool pong_from_thread() const override { return settings().choice("answered-by") == "thread"; }

    Prediction predict(const Situation& s) const override {
        // Pings keep to a beat, and each leaves up to poll()'s lateness after it: so two of them lie as much
        // closer together as the first was late.
        const Duration late = poll_lateness(interval());
        const Window since = ping_before_fault(s);
        const Window next_ping{std::max(0ns, interval() - since.to - late), interval() - since.from + late};
        return earlier(pong_missing(s), hears(socket_events(s, {}, next_ping)));
    }

    void watch(Connection& connection, Out& out) const override {
        std::vector<char> unsent;
        Instant next_ping = MonotonicClock::now();
        for (;;) {
            if (MonotonicClock::now() >= next_ping) {
                const std::vector<char> ping = connection.ping();
                unsent.insert(unsent.end(), ping.begin(), ping.end());
                while (next_ping <= MonotonicClock::now())
                    next_ping += interval();
            }
            if (!send_some(connection.fd(), unsent, out))
                return;

            const Instant limit = connection.last_pong() + timeout();
            // New bytes are taken only when the kernel has taken the old ones.
            pollfd watched[] = {{connection.fd(), POLLIN, 0}, {connection.write_due_fd(), 0, 0}};
            if (unsent.empty())
                watched[1].events = POLLIN;
            else
                watched[0].events |= POLLOUT;
            const int ready = poll(watched, 2, to_poll(std::min(next_ping, limit) - MonotonicClock::now()));
            if (ready == -1 && errno != EINTR)
                return out.gone("poll", errno);
            if (ready == -1)
                continue;
            if (watched[0].revents & ~POLLOUT) {
                if (!receive(connection, out, MSG_DONTWAIT))
                    return;
            } else if (MonotonicClock::now() >= limit) {
                // Only when nothing is left to read: if this server was stopped, the pong waits in the
                // socket.
                return out.gone(fmt::format("no pong for {}", plain(timeout())));
            }
            if (watched[1].revents & POLLIN)
                unsent = connection.take_due();
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
    Duration timeout() const { return settings().duration("timeout"); }

    /// A pong comes back a round trip after its ping. Where nothing else comes from the client it was the
    /// last message; otherwise the pings' own clock, which began with watching, says when the last one was.
    Window ping_before_fault(const Situation& s) const {
        if (hears_pongs_only(s) && s.one_way == 0ns) {
            const Window waited = waited_before_fault(s);
            return {std::min(waited.from, interval()), std::min(waited.to, interval())};
        }
        const Duration travel = 2 * s.one_way;
        const Window since =
            hears_pongs_only(s) ? s.message_before_fault + Window{travel, travel} : s.watch_before_fault;
        const Duration from = since.from % interval();
        const Duration width = since.to - since.from;
        if (from + width >= interval())
            return {0ns, interval()};
        return {from, from + width};
    }

    static bool hears_pongs_only(const Situation& s) {
        return info(s.traffic).client_interval == 0ns && s.traffic != Traffic::buffer_full;
    }

    /// From the last pong to the fault; negative for one that had passed the router by then.
    Window pong_before_fault(const Situation& s) const {
        if (s.one_way == 0ns)
            return ping_before_fault(s);
        if (hears_pongs_only(s))
            return waited_before_fault(s);
        return {-s.one_way, interval() - s.one_way};
    }

    Waiting for_a_pong(const Situation& s) const {
        return {.what = "pong",
                .signal = fmt::format("no pong for {}", plain(timeout())),
                .beat = interval(),
                .limit = {timeout(), timeout() + poll_lateness(interval())},
                .last_before = pong_before_fault(s),
                .crowded = s.traffic == Traffic::sending,
                .other_write = next_write_of(s)};
    }

    /// The client stops reading about when watching begins: it answers nothing, or the very first pings.
    static Window last_pong_when_full(const Situation& s) {
        return {std::min(s.watch_before_fault.from, window_closed_before(s).from), s.watch_before_fault.to};
    }

    Prediction pong_missing(const Situation& s) const {
        const bool full = s.traffic == Traffic::buffer_full;
        if (const auto waited = waits(s, for_a_pong(s)); waited && !full)
            return *waited;
        if (const auto waited = overslept(s, for_a_pong(s)); waited && !full)
            return *waited;
        if (answers_pings(s) && !full)
            return never(fmt::format("the client's worker answers a ping every {}, well within {}",
                                     plain(interval()), plain(timeout())));
        if (pong_from_thread() && s.goes_on == GoesOn::threads && !full)
            return never(fmt::format("a thread of the client that knows nothing of its worker answers a ping every {}",
                                     plain(interval())));
        const Window before = full ? last_pong_when_full(s) : last_answer(s, pong_before_fault(s), interval());
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = Window{timeout(), timeout() + poll_lateness(interval())} - before;
        p.signal = fmt::format("no pong for {}", plain(timeout()));
        p.rule = full
                     ? fmt::format(
                           "pings wait behind the full buffer and the client does not read, so the last pong "
                           "was the one before it stopped reading; {} later it is called gone, dead or not",
                           plain(timeout()))
                     : fmt::format("the last pong + {}; a ping goes out every {}, and no answer comes",
                                   plain(timeout()), plain(interval()));
        p.steps = {"0 s: the last ping is answered", fmt::format("{} later: the fault", in_seconds(before)),
                   fmt::format("every {}: a ping, unanswered", plain(interval())),
                   fmt::format("{}: no pong came", plain(timeout()))};
        return p;
    }
};

} // namespace

extern const Method ping_pong_method;
const Method ping_pong_method{
    {.name = "ping-pong",
     .label = "ping-pong",
     .family = MethodFamily::protocol,
     .summary = "send() asks every interval, and no answer from the client's worker for timeout means gone",
     .law = 5,
     .form = Form::done_right,
     .job = Job::both,
     .needs = {clients_cooperation},
     .settings =
         {{.name = "interval", .fallback = "2s", .meaning = "how often the server asks", .least = 1'000'000},
          {.name = "timeout",
           .fallback = "10s",
           .meaning = "no answer for so long means gone",
           .least = 1'000'000},
          {.name = "answered-by",
           .fallback = "worker",
           .unit = SettingInfo::Unit::choice,
           .meaning = "who answers in the client: the worker itself, or a thread that knows nothing of it",
           .choices = "worker|thread"}}},
    make<PingPong>};

} // namespace halfopen
