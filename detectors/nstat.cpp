// Counters of the whole host, as `nstat` and every monitoring system read them: TCPTimeouts grows when a retransmission
// timer of any connection fires, TCPAbortOnTimeout when the kernel gives one up.
//
// On a server with one connection that is the connection's own fate. On one with ten thousand it says that *somebody*
// is not answering: an alarm for people, not a reason to close a socket.

#include <deque>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "detectors/theory/edges.h"
#include "detectors/theory/words.h"
#include "detectors/tries.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

struct Counters {
    long long timeouts = 0; ///< TCPTimeouts
    long long aborts = 0;   ///< TCPAbortOnTimeout
};

/// Of the network namespace. A line of names is followed by a line of their values (net/ipv4/proc.c:
/// netstat_seq_show()).
Counters read_counters() {
    std::ifstream file("/proc/net/netstat");
    if (!file)
        throw SystemError("opening /proc/net/netstat", errno);
    Counters counters;
    for (std::string names, values; std::getline(file, names) && std::getline(file, values);) {
        std::istringstream name_list(names), value_list(values);
        for (std::string name, value; name_list >> name && value_list >> value;) {
            if (name == "TCPTimeouts")
                counters.timeouts = std::stoll(value);
            if (name == "TCPAbortOnTimeout")
                counters.aborts = std::stoll(value);
        }
    }
    return counters;
}

class Nstat : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return label_with_changes(*this); }

    Timing timing() const override { return {.anchor = "last look", .period = interval()}; }

    Prediction predict(const Situation& s) const override { return earlier(timeouts(s), abort(s)); }

    void watch(Connection&, Out& out) const override {
        const Counters first = read_counters();
        struct Look {
            Instant at;
            long long timeouts;
        };
        std::deque<Look> looks; // those of the last `within`
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            const Counters now = read_counters();
            if (now.aborts > first.aborts)
                return out.gone(abort_signal);
            looks.push_back({look, now.timeouts});
            while (look - looks.front().at > within())
                looks.pop_front();
            if (now.timeouts - looks.front().timeouts >= count())
                return out.gone(signal());
        }
    }

private:
    /// The lab's other connection is closed before its retransmission timer fires, unless packets take longer.
    static constexpr Duration others_in_time = 100ms;
    static constexpr std::string_view abort_signal = "nstat: TCPAbortOnTimeout";
    Duration interval() const { return settings().duration("interval"); }
    Duration within() const { return settings().duration("within"); }
    int count() const { return settings().count("count"); }
    std::string signal() const { return fmt::format("nstat: {} TCPTimeouts within {}", count(), plain(within())); }

    /// Before accept() and after close() the kernel's timers count there as any other's do: the one of an orphan's FIN, and
    /// the one that sends the answer to a SYN again (net/ipv4/tcp_timer.c: tcp_syn_ack_timeout()).
    Prediction at_the_edge(const Situation& s) const {
        const auto first = sent_again(s, 1), last = sent_again(s, count());
        if (!last)
            return never("the server's kernel has no timer for this that fires so often");
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = *last + at_once + Window{0ns, interval()};
        p.signal = signal();
        p.rule = fmt::format("timeout {} comes {} after the fault; it looks every {}", count(), in_seconds(*last),
                             plain(interval()));
        return if_within(p, *first, *last);
    }

    Prediction timeouts(const Situation& s) const {
        if (s.stage == Stage::orphan || s.stage == Stage::syn_received || s.stage == Stage::no_place)
            return at_the_edge(s);
        if (s.effect == Effect::slow && s.slowest_way > others_in_time)
            return unknown(fmt::format("packets take {}, and the timeouts of every other connection of the host count too: "
                                       "here that of the one which verifies the fault",
                                       plain(s.slowest_way)));
        const Prediction p =
            counts_tries(s, {.count = count(), .adds_up = true, .hears_each = true, .look = interval(), .signal = signal()});
        if (p.kind != Prediction::Kind::window)
            return p;
        return if_within(p, retransmission_of(s, 1), retransmission_of(s, count()));
    }

    /// The first and the last of them must lie between two looks that are no further apart.
    Prediction if_within(const Prediction& p, Window first, Window last) const {
        const std::string both = fmt::format("timeout {} comes {} after the write, the first {} after it", count(),
                                             in_seconds(last), in_seconds(first));
        if (last.to - first.from + 2 * interval() <= within())
            return p;
        if (last.from - first.to > within())
            return never(fmt::format("{}: not within {}, and the gaps grow", both, plain(within())));
        return unknown(fmt::format("{}: whether two looks within {} hold all of them is a matter of moments", both,
                                   plain(within())));
    }

    /// Of all that may end a connection, only a timer's giving up is counted there.
    Prediction abort(const Situation& s) const {
        if (s.stage == Stage::orphan && s.effect == Effect::silence) {
            Prediction end;
            end.kind = Prediction::Kind::window;
            end.after = orphan_given_up(s) + at_once + Window{0ns, interval()};
            end.signal = abort_signal;
            end.rule = "the kernel gives an orphan up after 8 retransmissions (net.ipv4.tcp_orphan_retries = 0)";
            return end;
        }
        const SocketEvent event = socket_events(s, {});
        if (s.stage == Stage::syn_received || s.stage == Stage::no_place)
            return never("what was never a connection is not counted as aborted");
        const bool soft = s.icmp && event.error != ECONNRESET; // A timeout that carries a router's error is one.
        if (event.kind != SocketEvent::Kind::error || (event.error != ETIMEDOUT && !soft))
            return never("a FIN or a RST is no timeout");
        Prediction p = hears(event, {.look = interval()});
        p.signal = abort_signal;
        return p;
    }
};

} // namespace

extern const Method nstat_method;
const Method nstat_method{
    {.name = "nstat",
     .label = "nstat",
     .family = MethodFamily::outside,
     .summary = "reads the host's counters in /proc/net/netstat every interval: TCPTimeouts grown by count within a "
                "time, or TCPAbortOnTimeout, means that somebody is gone",
     .job = Job::neither,
     .outside = true,
     .needs = {},
     .settings = {{.name = "interval", .fallback = "1s", .meaning = "how often it looks", .least = 1'000'000},
                  {.name = "count",
                   .fallback = "3",
                   .unit = SettingInfo::Unit::count,
                   .meaning = "so many timeouts of the host's retransmission timers",
                   .most = 1000},
                  {.name = "within", .fallback = "10s", .meaning = "in so long a time", .least = 1'000'000}}},
    make<Nstat>};

} // namespace halfopen
