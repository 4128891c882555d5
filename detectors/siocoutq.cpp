// How many of the bytes that the server wrote have been acknowledged: what it wrote, less SIOCOUTQ, the bytes
// that are still in the socket's send queue (tcp(7)). When that does not grow for `timeout` while something
// is in the queue, the client is gone.
//
// It is TCP_USER_TIMEOUT done by the program: any limit, a verdict without the end of the connection, and the
// same blindness while nothing is written. Most people look at the queue alone and ask whether it shrinks;
// with a writer who adds as much as is acknowledged it never does, in perfect health. So this one counts.

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/send_error.h"
#include "detectors/theory/outage.h"
#include "detectors/theory/persist.h"
#include "detectors/theory/rough_path.h"
#include "detectors/theory/words.h"
#include "detectors/timeouts.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

/// Bytes written that are not acknowledged, sent or not.
int send_queue(int fd) {
    int bytes = 0;
    check(ioctl(fd, SIOCOUTQ, &bytes), "asking SIOCOUTQ");
    return bytes;
}

class SiocOutq : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return "SIOCOUTQ " + plain(timeout()); }

    Timing timing() const override {
        return {.anchor = "last look", .period = interval(), .limit = timeout()};
    }

    Prediction predict(const Situation& s) const override {
        return earlier(not_acknowledged(s), send_fails(s));
    }

    void watch(Connection& connection, Out& out) const override {
        std::vector<char> unsent;
        int64_t written = send_queue(connection.fd()), acknowledged = 0;
        Instant progress = MonotonicClock::now();
        for (Instant look = progress;;) {
            const auto before = unsent.size();
            if (!send_some(connection.fd(), unsent, out))
                return;
            written += static_cast<int64_t>(before - unsent.size());
            const Instant now = MonotonicClock::now();
            if (now >= look) {
                look = now + interval();
                const int queue = send_queue(connection.fd());
                if (queue == 0 || written - queue > acknowledged)
                    progress = now;
                acknowledged = written - queue;
                if (now - progress >= timeout())
                    return out.gone(signal());
            }
            pollfd due{connection.write_due_fd(), POLLIN, 0};
            if (poll(&due, 1, to_poll(look - MonotonicClock::now())) == 1 && unsent.empty())
                unsent = connection.take_due();
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
    Duration timeout() const { return settings().duration("timeout"); }
    std::string signal() const { return fmt::format("SIOCOUTQ: no progress for {}", plain(timeout())); }

    /// The last look before the write found nothing owed, or what had been acknowledged until then.
    Prediction stuck(Window write, std::string why) const {
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = write + Window{timeout() - interval(), timeout() + interval() + poll_lateness(interval())};
        p.signal = signal();
        p.rule = fmt::format("{}, and for {} nothing more is acknowledged; it looks every {}", why,
                             plain(timeout()), plain(interval()));
        p.steps = {fmt::format("{} after the fault: the server has written what nobody acknowledges",
                               in_seconds(write)),
                   fmt::format("{} later: SIOCOUTQ is what it was", plain(timeout()))};
        return p;
    }

    Prediction not_acknowledged(const Situation& s) const {
        if (s.traffic == Traffic::buffer_full)
            return full(s);
        if (!info(s.traffic).server_writes)
            return never("the server writes nothing, so nothing waits to be acknowledged");
        if (client_lives(s.effect) && !writes_vanish(s))
            return acknowledged_late(s);
        if (fills_client(s))
            return unknown(
                "the client's kernel acknowledges until the buffer that nobody reads is full, and how "
                "much that holds is not known");
        if (s.effect == Effect::acknowledges_only || s.effect == Effect::half_close)
            return never("the client's kernel acknowledges every byte");
        const bool fin = s.effect == Effect::fin || s.effect == Effect::fin_then_silence;
        if (fin && s.traffic == Traffic::in_flight)
            return unknown(
                "the client closes while the server's bytes arrive: its FIN acknowledges them, its RST "
                "would not, and which of them it sends is a race");
        const auto write = unanswered_write_of(s, std::nullopt);
        if (!write)
            return never("all that the server wrote was acknowledged, and it writes nothing more");
        if (s.effect == Effect::reset && s.traffic == Traffic::one_write && s.one_way == 0ns)
            return never("the only write comes after the RST and is refused, so the queue stays empty");
        if (writes_vanish(s) || s.effect == Effect::fin_then_silence)
            return is_outage(s) ? in_outage(s, *write) : stuck(*write, "the write reaches nobody");
        return stuck(*write, "the write draws a RST, which acknowledges nothing, and the queue of a dead "
                             "connection keeps its last number");
    }

    /// The writes of a profile that fills the buffer were made before watching began.
    Prediction full(const Situation& s) const {
        Prediction p = stuck({0ns, 0ns}, "the buffer is full and the client does not read, dead or not");
        p.after.from += interval(); // the first look begins the count
        p.after = p.after - s.watch_before_fault;
        if (const auto opens = window_may_open(s); opens && p.after.to >= *opens)
            return unknown(may_open_first(*opens));
        p.steps = {fmt::format("{} before the fault: the buffer is full, and watching begins",
                               in_seconds(s.watch_before_fault)),
                   fmt::format("{} later: SIOCOUTQ is what it was", plain(timeout()))};
        return p;
    }

    /// A client that is there acknowledges at once, one that is far or slow when the segment has travelled.
    Prediction acknowledged_late(const Situation& s) const {
        const Duration limit = timeout() - interval();
        if (s.effect == Effect::lossy && !beyond_horizon(s, limit))
            return unknown(
                fmt::format("chance: a try and its answer are lost with {}, and a write stays without "
                            "progress for {} when {} tries in a row are: {} for each write",
                            chance_of(s, 1), plain(limit), tries_within(flight_of(s), limit),
                            chance_of(s, tries_within(flight_of(s), limit))));
        if (s.effect == Effect::lossy)
            return never(fmt::format("no progress for {} is more than the horizon", plain(limit)));
        Situation travel = s;
        travel.slowest_way = std::max(s.slowest_way, s.one_way);
        const Duration answer = slowest_answer(travel);
        const std::string both = fmt::format("every write is acknowledged within {}, and it waits {}",
                                             in_seconds(answer), plain(limit));
        return limit > answer ? never(both) : unknown(both);
    }

    Prediction in_outage(const Situation& s, Window write) const {
        const Prediction p = stuck(write, "the write is lost");
        const Window answered = delivered(s, flight_of(s), write);
        const std::string both =
            fmt::format("the path is healed after {}, and the write is acknowledged {} after "
                        "the fault",
                        in_seconds(*s.heals_after), in_seconds(answered));
        if (answered.to < p.after.from)
            return never(both);
        return answered.from > p.after.to ? p : unknown(both + ", about when the limit ends");
    }
};

} // namespace

extern const Method siocoutq_method;
const Method siocoutq_method{
    {.name = "siocoutq",
     .label = "SIOCOUTQ",
     .family = MethodFamily::writing,
     .summary = "counts what send() took, less SIOCOUTQ: when no more is acknowledged for timeout, and "
                "something waits, the client is gone",
     .job = Job::writes,
     .needs = {},
     .settings =
         {{.name = "interval", .fallback = "100ms", .meaning = "how often it looks", .least = 1'000'000},
          {.name = "timeout",
           .fallback = "10s",
           .meaning = "no more acknowledged for so long, while something waits",
           .least = 1'000'000}}},
    make<SiocOutq>};

} // namespace halfopen
