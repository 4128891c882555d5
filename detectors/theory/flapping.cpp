#include "detectors/theory/flapping.h"

#include <algorithm>

#include <fmt/format.h>

#include "detectors/theory/keepalive.h"
#include "detectors/theory/silence.h"
#include "detectors/theory/wheel.h"
#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;
using Kind = SocketEvent::Kind;

namespace {

/// The turns are a process's work, and may be that late; an answer needs a moment too.
constexpr Duration turn_late = 10ms;
/// The moments within a turn that are looked at.
constexpr Duration step = 1ms;

/// Whether the path may be away at any moment of the window, which counts from the beginning of a turn.
bool may_be_away(const Particulars& p, Window at) {
    const Duration from = at.from - turn_late, to = at.to + turn_late;
    const Duration into = (from % p.every + p.every) % p.every;
    return into < p.away || into + (to - from) >= p.every;
}

/// The tries of one write, from the write: probe, then retransmissions.
std::vector<Window> tries_of(const Situation& s) {
    Flight f = flight_of(s);
    f.crowded = f.crowded || info(s.traffic).client_interval > 0ns;
    std::vector<Window> tries;
    if (f.kernel.tail_loss_probe) tries.push_back(first_resend(f));
    for (int n = 1; n <= 8; ++n) tries.push_back(retransmission(f, n));
    return tries;
}

std::string turns(const Situation& s) {
    return fmt::format("the path is away for {} of every {}", plain(s.particulars.away), plain(s.particulars.every));
}

SocketEvent write_over(const Situation& s, const SocketTimers& t) {
    const Window end = retransmission_of(s, 1) + giving_up_of(s, t.user_timeout);
    const std::string both = fmt::format("{}, so a write is acknowledged within {}, and the kernel gives up {} after one", turns(s),
                                         in_seconds(held_up(s)), in_seconds(end));
    return end.from > held_up(s) ? SocketEvent::never(both) : SocketEvent::unknown(both);
}

SocketEvent probes_over(const Situation& s, const SocketTimers& t) {
    const int hz = s.kernel.hz;
    if (info(s.traffic).client_interval > 0ns && info(s.traffic).client_interval + held_up(s) < t.idle)
        return SocketEvent::never(fmt::format("{}, and something of the client's arrives at least every {}: before a probe is due", turns(s),
                                 in_seconds(info(s.traffic).client_interval + held_up(s))));
    int count = t.count;
    if (t.user_timeout > 0ns)
        count = 1 + static_cast<int>((last_probe(t.idle, t.interval, t.count, t.user_timeout, hz).from - t.idle) / t.interval);
    if (!all_probes_may_be_lost(s, t.interval, count))
        return SocketEvent::never(fmt::format("{}, and {} probes, {} apart, cannot all fall into that", turns(s), count, plain(t.interval)));
    return SocketEvent::unknown(fmt::format("{}, and whether all of {} probes, {} apart, fall into that is a matter of moments", turns(s),
                               count, plain(t.interval)));
}

} // namespace

Duration held_up(const Situation& s) {
    const Particulars& p = s.particulars;
    const std::vector<Window> tries = tries_of(s);
    Duration most{0};
    for (Duration written{0}; written < p.away + turn_late; written += step) {
        const Window at{written, written + step};
        const auto arrives = std::find_if(tries.begin(), tries.end(), [&](Window each) { return !may_be_away(p, at + each); });
        most = std::max(most, arrives == tries.end() ? Duration{1h} : arrives->to);
    }
    return most;
}

bool all_probes_may_be_lost(const Situation& s, Duration interval, int count) {
    const Particulars& p = s.particulars;
    const Window gap = timer(interval, s.kernel.hz);
    for (Duration first{0}; first < p.away + turn_late; first += step) {
        bool all = true;
        for (int i = 1; i < count && all; ++i)
            all = may_be_away(p, {first + i * gap.from, first + step + i * gap.to});
        if (all) return true;
    }
    return false;
}

SocketEvent flapping_path(const Situation& s, const SocketTimers& t, std::optional<Window> own_write) {
    if (s.traffic == Traffic::buffer_full)
        return SocketEvent::never("the window is shut, and a zero-window probe that is lost only brings the next one");
    const bool writes = unanswered_write_of(s, own_write) || s.traffic == Traffic::request_response;
    const SocketEvent write = writes ? write_over(s, t) : SocketEvent::never(turns(s) + ", and the server sends nothing that could be lost");
    if (write.kind == Kind::unknown || !t.keepalive) return write;
    return probes_over(s, t);
}

} // namespace halfopen
