// Law 2, done right: besides the state, TCP_INFO shows how long the kernel has been trying in vain. That
// helps only while the kernel tries: on an idle link all counters stay 0, however dead the client is.

#include "detectors/tcp_info.h"

#include <fmt/format.h>

#include "detectors/theory/outage.h"
#include "detectors/theory/persist.h"
#include "detectors/theory/refusal.h"
#include "detectors/theory/rough_path.h"
#include "detectors/theory/words.h"
#include "detectors/tries.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class TcpInfoLook : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return label_with_changes(*this); }

    Timing timing() const override {
        return {.anchor = "last look", .period = interval(), .limit = settings().duration("timeout")};
    }

    Prediction predict(const Situation& s) const override {
        const Prediction state = sees_state(s, interval(), Verdict::eof);
        if (is_late(s) || s.effect == Effect::lossy)
            return earlier(impatient(s), state);
        if (!writes_vanish(s))
            return state;
        if (s.traffic == Traffic::buffer_full)
            return is_outage(s) || s.bare_segments_pass ? state : earlier(window_probes_count(s), state);
        if (const auto write = refused_write_of(s); write && is_refused(s))
            return earlier(refused_probes_count(s, *write), state);
        const auto write = unanswered_write_of(s, std::nullopt);
        if (!write)
            return state;
        const int n = settings().count("retransmits");
        const Prediction counted = counts_tries(
            s, {.count = n, .look = interval(), .signal = fmt::format("TCP_INFO: {} retransmits", n)});
        if (is_outage(s))
            return earlier(earlier(counted, timeout_in_outage(s, *write)), state);
        return earlier(earlier(counted, timeout_passes(s, *write)), state);
    }

    void watch(Connection& connection, Out& out) const override {
        const auto retransmits = static_cast<unsigned>(settings().count("retransmits"));
        const auto probes = static_cast<unsigned>(settings().count("probes"));
        const Duration timeout = settings().duration("timeout");
        Instant nothing_owed =
            MonotonicClock::now(); // the last look at which all our bytes were acknowledged
        for (Instant look = nothing_owed;; look += interval()) {
            sleep_until(look);
            const ::tcp_info info = read_tcp_info(connection.fd());
            if (info.tcpi_state == TCP_CLOSE_WAIT)
                return out.eof("TCP_INFO: CLOSE_WAIT");
            if (info.tcpi_state != TCP_ESTABLISHED)
                return out.gone(fmt::format("TCP_INFO: {}", state_name(info.tcpi_state)));
            if (info.tcpi_retransmits >= retransmits)
                return out.gone(fmt::format("TCP_INFO: {} retransmits", info.tcpi_retransmits));
            if (info.tcpi_probes >= probes)
                return out.gone(fmt::format("TCP_INFO: {} probes", info.tcpi_probes));
            // An idle link has an old last ACK too, so the time without one counts only while an ACK is owed.
            const Instant now = MonotonicClock::now();
            if (info.tcpi_unacked == 0)
                nothing_owed = now;
            const Duration since_ack = std::chrono::milliseconds{info.tcpi_last_ack_recv};
            if (std::min(now - nothing_owed, since_ack) >= timeout)
                return out.gone(fmt::format("TCP_INFO: unacknowledged for {}", plain(timeout)));
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }

    Prediction found(Window after, std::string signal, std::string rule,
                     std::vector<std::string> steps) const {
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = after + Window{0ns, interval()};
        p.signal = std::move(signal);
        p.rule = fmt::format("{}; it looks every {}", rule, plain(interval()));
        p.steps = std::move(steps);
        return p;
    }

    /// The time without an ACK counts from the last look before the write.
    Prediction timeout_passes(const Situation& s, Window write) const {
        const Duration timeout = settings().duration("timeout");
        // An ACK that was on its way at the fault may come after the write.
        const Window owed{write.from, std::max(write.to, s.one_way)};
        return found(
            owed + Window{timeout - interval(), timeout},
            fmt::format("TCP_INFO: unacknowledged for {}", plain(timeout)),
            fmt::format("the write stays unacknowledged for {}", plain(timeout)),
            {fmt::format("{} after the fault: the server writes; {} later it is still unacknowledged",
                         in_seconds(write), plain(timeout))});
    }

    Prediction timeout_in_outage(const Situation& s, Window write) const {
        const Prediction p = timeout_passes(s, write);
        const Window answered = delivered(s, flight_of(s), write);
        const std::string both =
            fmt::format("the path is healed after {}, and the write is acknowledged {} after the fault",
                        in_seconds(*s.heals_after), in_seconds(answered));
        if (answered.to < p.after.from)
            return never(both);
        return answered.from > p.after.to ? p : unknown(both + ", about when the limit ends");
    }

    /// Limits of its own on a path that is slow or lossy.
    Prediction impatient(const Situation& s) const {
        const bool writes = info(s.traffic).server_writes && s.traffic != Traffic::buffer_full;
        if (!writes)
            return never("the server writes nothing that could be late");
        const int n = settings().count("retransmits");
        const Duration limit =
            std::min(retransmission_of(s, n).from, settings().duration("timeout") - interval());
        const std::string said = fmt::format("it gives up {} after a write (retransmits {}, timeout {})",
                                             in_seconds(limit), n, plain(settings().duration("timeout")));
        if (is_late(s)) {
            const std::string answer =
                fmt::format("every answer comes within {}, and {}", in_seconds(slowest_answer(s)), said);
            return limit > slowest_answer(s) ? never(answer) : unknown(answer);
        }
        if (beyond_horizon(s, limit))
            return never(said + ", after the horizon");
        const int tries = tries_within(flight_of(s), limit);
        return unknown(fmt::format(
            "chance: a try and its answer are lost with {}, and {}, when {} tries in a row are: {} for "
            "each write",
            chance_of(s, 1), said, tries, chance_of(s, tries)));
    }

    /// What was refused was never sent, so it counts as waiting for a window, and its tries as probes.
    Prediction refused_probes_count(const Situation& s, Window write) const {
        const int n = settings().count("probes");
        const Window nth = refused_try(s, n);
        return found(write + nth, fmt::format("TCP_INFO: {} probes", n),
                     fmt::format("the server's own kernel refuses what it writes, and tries it the {}th time {} after the "
                                 "write, as a zero-window probe",
                                 n, in_seconds(nth)),
                     {fmt::format("{} after the fault: the server writes, and nothing leaves", in_seconds(write)),
                      fmt::format("{} after the write: tcpi_probes is {}", in_seconds(nth), n)});
    }

    Prediction window_probes_count(const Situation& s) const {
        const int n = settings().count("probes");
        const Flight flight = flight_of(s);
        const Window closed = window_closed_before(s);
        const ProbesBefore answered = answered_before(flight, closed);
        const Window nth{persist_tick(flight, answered.least + n - 1).from,
                         persist_tick(flight, answered.most + n - 1).to};
        return found(
            nth - closed, fmt::format("TCP_INFO: {} probes", n),
            fmt::format("{} zero-window probes stay unanswered, {} after the closing of the window", n,
                        in_seconds(nth)),
            {fmt::format("the fault comes {} after the closing of the window; probes before it were answered",
                         in_seconds(closed)),
             fmt::format("{} after the closing: tcpi_probes is {}", in_seconds(nth), n)});
    }
};

} // namespace

extern const Method tcp_info_method;
const Method tcp_info_method{
    {.name = "tcp-info",
     .label = "TCP_INFO",
     .summary = "asks TCP_INFO every interval: CLOSE_WAIT is the end of what the client sends; too many "
                "tcpi_retransmits or tcpi_probes, or unacknowledged data for too long, mean gone",
     .law = 2,
     .form = Form::done_right,
     .job = Job::neither,
     .needs = {},
     .settings =
         {{.name = "interval", .fallback = "100ms", .meaning = "how often it looks", .least = 1'000'000},
          {.name = "retransmits",
           .fallback = "3",
           .unit = SettingInfo::Unit::count,
           .meaning = "tcpi_retransmits: so many retransmissions in a row without an answer",
           .most = 15},
          {.name = "probes",
           .fallback = "3",
           .unit = SettingInfo::Unit::count,
           .meaning = "tcpi_probes: so many keepalive or zero-window probes without an answer",
           .most = 15},
          {.name = "timeout",
           .fallback = "10s",
           .meaning = "tcpi_unacked above 0 and no ACK (tcpi_last_ack_recv) for so long",
           .least = 1'000'000}}},
    make<TcpInfoLook>};

} // namespace halfopen
