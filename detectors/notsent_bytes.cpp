// Pace: tcpi_notsent_bytes says that the server has bytes which TCP was not allowed to send yet, and
// tcpi_bytes_acked how many have arrived. A client that takes less than `threshold` bytes a second for
// `timeout`, while something waits for it, is not worth its buffers: slow, stuck, or gone.
//
// It is the defence against readers that trickle, more than a detector of death. What is in flight does not
// count as waiting, so a single write into a dead path is not even seen.

#include <netinet/tcp.h>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/theory/outage.h"
#include "detectors/theory/persist.h"
#include "detectors/theory/refusal.h"
#include "detectors/theory/rough_path.h"
#include "detectors/theory/words.h"
#include "harness/base/error.h"
#include "harness/linux/tcp_info.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class NotsentBytes : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override {
        return fmt::format("notsent bytes, {} B/s over {}", threshold(), plain(timeout()));
    }

    Timing timing() const override {
        return {.anchor = "last look", .period = interval(), .limit = timeout()};
    }

    Prediction predict(const Situation& s) const override {
        if (s.traffic == Traffic::buffer_full) {
            Prediction p =
                too_slow(Window{0ns, 0ns} - s.watch_before_fault,
                         "the buffer was full when watching began, and the client does not read, dead or not");
            const auto opens = window_may_open(s);
            return opens && p.after.to >= *opens ? unknown(may_open_first(*opens)) : p;
        }
        if (s.traffic == Traffic::request_response && (is_late(s) || s.effect == Effect::lossy))
            return held_back();
        if (const auto write = refused_write_of(s); write && is_refused(s))
            return too_slow(*write, "the server's own kernel refuses what it writes, so it waits");
        if (s.traffic != Traffic::sending && !fills_client(s))
            return never("what the server writes goes out at once, so nothing waits to be sent");
        return while_sending(s);
    }

    void watch(Connection& connection, Out& out) const override {
        Instant begin = MonotonicClock::now(); // since then bytes have waited all the time
        std::optional<uint64_t> acknowledged;  // when they began to wait
        for (Instant look = begin;; look += interval()) {
            sleep_until(look);
            const auto now = tcp_info(connection.fd());
            if (!now)
                throw Error(Exit::incomplete, "reading TCP_INFO");
            if (now->notsent_bytes == 0 || !acknowledged) {
                begin = look;
                acknowledged = now->bytes_acked;
            }
            if (look - begin < timeout())
                continue;
            const double seconds = std::chrono::duration<double>(look - begin).count();
            if (static_cast<double>(now->bytes_acked - *acknowledged) < threshold() * seconds)
                return out.gone(signal());
            begin = look;
            acknowledged = now->bytes_acked;
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
    Duration timeout() const { return settings().duration("timeout"); }
    int threshold() const { return settings().count("threshold"); }
    std::string signal() const {
        return fmt::format("TCP_INFO: less than {} bytes per second for {}", threshold(), plain(timeout()));
    }

    /// The last look at which nothing waited comes up to one look before the waiting begins.
    Prediction too_slow(Window waits, std::string why) const {
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = waits + Window{timeout() - interval(), timeout() + interval()};
        p.signal = signal();
        p.rule = fmt::format("{}; after {} it is called gone; it looks every {}", why, plain(timeout()),
                             plain(interval()));
        p.steps = {
            fmt::format("{} after the fault: tcpi_notsent_bytes is above 0 and stays so", in_seconds(waits)),
            fmt::format("{} later: tcpi_bytes_acked has not grown by {} bytes a second", plain(timeout()),
                        threshold())};
        return p;
    }

    Prediction held_back() const {
        return unknown(
            fmt::format("what is written waits for the ACK of what was written before, and whether fewer "
                        "than {} bytes a second arrive meanwhile is not worked out here",
                        threshold()));
    }

    Prediction while_sending(const Situation& s) const {
        switch (s.effect) {
        case Effect::fin_then_silence:
        case Effect::large_lost:
        case Effect::silence: return is_outage(s) ? in_outage(s) : backlog(s);
        case Effect::acknowledges_only:
            return unknown(
                "the client's kernel acknowledges until the buffer that nobody reads is full, and how "
                "much that holds is not known");
        case Effect::slow:
        case Effect::flapping:
        case Effect::lossy: return held_back();
        case Effect::fin:
        case Effect::reset:
        case Effect::reset_on_send:
            return never("the next write is sent and draws a RST or is refused, so nothing waits");
        default: return never("the client acknowledges at once, so nothing waits to be sent");
        }
    }

    /// Nagle's algorithm holds a small write back while an earlier one is unacknowledged (RFC 9293, 3.7.4),
    /// so the second write into the dead path waits already, long before anything is sent again.
    Prediction backlog(const Situation& s) const {
        const Duration beat = info(s.traffic).server_interval;
        const Window waits = *unanswered_write_of(s, std::nullopt) + Window{beat, beat};
        return too_slow(
            waits, fmt::format("the write after the one that nobody acknowledges, {} after the fault, waits "
                               "for that ACK (Nagle's algorithm)",
                               in_seconds(waits)));
    }

    Prediction in_outage(const Situation& s) const {
        const Prediction p = backlog(s);
        const Window answered = delivered(s, flight_of(s), *unanswered_write_of(s, std::nullopt));
        const std::string both =
            fmt::format("the path is healed after {}, and what waited goes out {} after the fault",
                        in_seconds(*s.heals_after), in_seconds(answered));
        if (answered.to < p.after.from)
            return never(both);
        return answered.from > p.after.to ? p : unknown(both + ", about when the limit ends");
    }
};

} // namespace

extern const Method notsent_bytes_method;
const Method notsent_bytes_method{
    {.name = "notsent-bytes",
     .label = "notsent bytes",
     .family = MethodFamily::writing,
     .summary =
         "asks TCP_INFO every interval: tcpi_notsent_bytes above 0 for timeout while tcpi_bytes_acked grows "
         "by less than threshold bytes a second means gone",
     .job = Job::neither,
     .needs = {},
     .settings =
         {{.name = "interval", .fallback = "100ms", .meaning = "how often it looks", .least = 1'000'000},
          {.name = "threshold",
           .fallback = "100",
           .unit = SettingInfo::Unit::count,
           .meaning = "bytes per second that a client must take at least",
           .most = 1'000'000'000},
          {.name = "timeout",
           .fallback = "10s",
           .meaning = "so long the client may take less while something waits",
           .least = 1'000'000}}},
    make<NotsentBytes>};

} // namespace halfopen
