// Law 2, done right: besides the state, TCP_INFO shows how long the kernel has been trying in vain. That
// helps only while the kernel tries: on an idle link all counters stay 0, however dead the client is.

#include "detectors/tcp_info.h"

#include <fmt/format.h>

#include "detectors/theory/persist.h"
#include "detectors/theory/words.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class TcpInfo : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return label_with_changes(*this); }

    Timing timing() const override {
        return {.anchor = "last look", .period = interval(), .limit = settings().duration("timeout")};
    }

    Prediction predict(const Situation& s) const override {
        const Prediction state = sees_state(s, interval(), Verdict::eof);
        if (s.effect != Effect::silence)
            return state;
        if (s.traffic == Traffic::buffer_full)
            return earlier(window_probes_count(s), state);
        const auto write = unanswered_write_of(s, std::nullopt);
        if (!write)
            return state;
        return earlier(earlier(retransmits_count(s, *write), timeout_passes(*write)), state);
    }

    void watch(Connection& connection, Out& out) const override {
        const auto retransmits = static_cast<unsigned>(settings().count("retransmits"));
        const auto probes = static_cast<unsigned>(settings().count("probes"));
        const Duration timeout = settings().duration("timeout");
        Instant nothing_owed =
            MonotonicClock::now(); // the last look at which all our bytes were acknowledged
        for (Instant look = nothing_owed;; look += interval()) {
            sleep_until(look);
            const tcp_info info = read_tcp_info(connection.fd());
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

    Prediction retransmits_count(const Situation& s, Window write) const {
        const int n = settings().count("retransmits");
        const Window nth = retransmission_of(s, n);
        return found(
            write + nth, fmt::format("TCP_INFO: {} retransmits", n),
            fmt::format("retransmission {} of the unanswered write goes out {} after it (RTO {}, doubling)",
                        n, in_seconds(nth), in_seconds(s.rto)),
            {fmt::format("{} after the fault: the server writes, and nobody acknowledges", in_seconds(write)),
             fmt::format("{} after the write: first retransmission", in_seconds(retransmission_of(s, 1))),
             fmt::format("{} after the write: tcpi_retransmits is {}", in_seconds(nth), n)});
    }

    /// The time without an ACK counts from the last look before the write.
    Prediction timeout_passes(Window write) const {
        const Duration timeout = settings().duration("timeout");
        return found(
            write + Window{timeout - interval(), timeout},
            fmt::format("TCP_INFO: unacknowledged for {}", plain(timeout)),
            fmt::format("the write stays unacknowledged for {}", plain(timeout)),
            {fmt::format("{} after the fault: the server writes; {} later it is still unacknowledged",
                         in_seconds(write), plain(timeout))});
    }

    Prediction window_probes_count(const Situation& s) const {
        const int n = settings().count("probes");
        const Flight flight = flight_of(s);
        const Window closed = window_closed_before(s);
        const ProbesBefore answered = probes_before(flight, closed);
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
    make<TcpInfo>};

} // namespace halfopen
