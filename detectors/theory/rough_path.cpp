#include "detectors/theory/rough_path.h"

#include <cmath>

#include <fmt/format.h>

#include "detectors/theory/flapping.h"
#include "detectors/theory/keepalive.h"
#include "detectors/theory/silence.h"
#include "detectors/theory/wheel.h"
#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;
using Kind = SocketEvent::Kind;

namespace {

/// When the server writes what has to be answered on this path; nothing when it does not write.
std::optional<Window> write_of(const Situation& s, std::optional<Window> own_write) {
    if (s.traffic == Traffic::request_response)
        return Window{0ns, info(s.traffic).client_interval};
    return unanswered_write_of(s, own_write);
}

/// From the unanswered write to the end of the connection.
Window end_of_write(const Situation& s, const SocketTimers& t) {
    return retransmission_of(s, 1) + giving_up_of(s, t.user_timeout);
}

/// The probes that must all stay unanswered.
int probes_in_vain(const Situation& s, const SocketTimers& t) {
    if (t.user_timeout == 0ns)
        return t.count;
    const Window last = last_probe(t.idle, t.interval, t.count, t.user_timeout, s.kernel.hz);
    return 1 + static_cast<int>((last.from - t.idle) / t.interval);
}

SocketEvent shut_window() {
    return SocketEvent::never(
        "the window is shut, and the client's kernel goes on answering zero-window probes: a lost or late "
        "answer only brings the next probe");
}

/// The end that is not excluded, if there is one.
SocketEvent open_one(const SocketEvent& a, const SocketEvent& b) { return a.kind == Kind::unknown ? a : b; }

/// Once a single write is answered, the link rests again, and keepalive asks.
bool keepalive_asks(const Situation& s, const SocketTimers& t) {
    const TrafficInfo& profile = info(s.traffic);
    return t.keepalive && profile.client_interval == 0ns && profile.server_interval == 0ns;
}

std::string arrives_late(const Situation& s) {
    return fmt::format("nothing is lost, and every packet arrives within {}", plain(s.slowest_way));
}

SocketEvent slow_write(const Situation& s, const SocketTimers& t) {
    const Window end = end_of_write(s, t);
    const std::string late = arrives_late(s), answer = in_seconds(slowest_answer(s));
    if (end.from > slowest_answer(s))
        return SocketEvent::never(fmt::format(
            "{}: the answer comes within {}, and the kernel gives up {} after an unanswered write", late,
            answer, in_seconds(end)));
    return SocketEvent::unknown(
        fmt::format("{}, but the kernel gives up {} after an unanswered write, and an answer may take {}",
                    late, in_seconds(end), answer));
}

SocketEvent slow_probes(const Situation& s, const SocketTimers& t) {
    const int hz = s.kernel.hz;
    const Window end = keepalive_abort(t.idle, t.interval, t.count, t.user_timeout, hz);
    const Duration patience = std::max(t.interval, end.from - first_probe(t.idle, hz).to);
    const std::string late = arrives_late(s), answer = in_seconds(2 * s.slowest_way);
    if (patience > 2 * s.slowest_way)
        return SocketEvent::never(
            fmt::format("{}: a probe is answered within {}, and the kernel waits {} after the first one",
                        late, answer, in_seconds(patience)));
    return SocketEvent::unknown(
        fmt::format("{}, but the kernel waits only {} after the first probe, and an answer may take {}", late,
                    in_seconds(patience), answer));
}

std::string odds(const Situation& s) {
    return fmt::format("chance: a try and its answer are lost with {}", chance_of(s, 1));
}

SocketEvent lossy_write(const Situation& s, const SocketTimers& t, Window write) {
    const Window end = end_of_write(s, t);
    if (beyond_horizon(s, write.from + end.from))
        return SocketEvent::never(
            fmt::format("chance would have to keep a write unanswered for {}, longer than the {} watched",
                        in_seconds(end), plain(s.horizon)));
    const int tries = tries_within(flight_of(s), end.from);
    return SocketEvent::unknown(fmt::format(
        "{}, and when {} tries in a row are, a write ends the connection after {}: {} for each write",
        odds(s), tries, in_seconds(end), chance_of(s, tries)));
}

SocketEvent lossy_probes(const Situation& s, const SocketTimers& t) {
    if (beyond_horizon(s, probes_unanswered(s, t).after.from))
        return SocketEvent::never(fmt::format(
            "the probes begin after {}, so chance cannot end the connection within the {} watched",
            plain(t.idle), plain(s.horizon)));
    if (info(s.traffic).client_interval > 0ns) {
        const int tries = tries_within(flight_of(s), t.idle);
        return SocketEvent::unknown(
            fmt::format("{}; the client writes all the time, and probes begin only when {} of its tries in a "
                        "row are in vain: at most {} each time",
                        odds(s), tries, chance_of(s, tries)));
    }
    const int probes = probes_in_vain(s, t);
    return SocketEvent::unknown(
        fmt::format("{}, and {} probes in a row end the connection: {} each time the link has rested for {}",
                    odds(s), probes, chance_of(s, probes), plain(t.idle)));
}

} // namespace

Duration slowest_answer(const Situation& s) {
    return (s.effect == Effect::flapping ? held_up(s) : 2 * s.slowest_way) + delayed_ack_most;
}
Duration slowest_message(const Situation& s) {
    return s.effect == Effect::flapping ? 2 * held_up(s) : 4 * s.slowest_way;
}

double unanswered(const Situation& s) {
    const double arrives = 1 - s.loss_percent / 100.0;
    return 1 - arrives * arrives;
}

std::string chance_of(const Situation& s, int tries) {
    return fmt::format("{:.2g} %", 100 * std::pow(unanswered(s), tries));
}

bool beyond_horizon(const Situation& s, Duration after) { return s.horizon > 0ns && after > s.horizon; }

SocketEvent slow_path(const Situation& s, const SocketTimers& t, std::optional<Window> own_write) {
    if (s.traffic == Traffic::buffer_full)
        return shut_window();
    const bool writes = write_of(s, own_write).has_value();
    if (writes && keepalive_asks(s, t))
        return open_one(slow_write(s, t), slow_probes(s, t));
    if (writes)
        return slow_write(s, t);
    return t.keepalive ? slow_probes(s, t) : SocketEvent::never(arrives_late(s) + "; no timer of the kernel is armed");
}

SocketEvent lossy_path(const Situation& s, const SocketTimers& t, std::optional<Window> own_write) {
    if (s.traffic == Traffic::buffer_full)
        return shut_window();
    const auto write = write_of(s, own_write);
    if (write && keepalive_asks(s, t))
        return open_one(lossy_probes(s, t), lossy_write(s, t, *write));
    if (write)
        return lossy_write(s, t, *write);
    if (t.keepalive)
        return lossy_probes(s, t);
    return SocketEvent::never("the server sends nothing that could be lost, and what the client loses it sends again");
}

} // namespace halfopen
