#include "detectors/theory/outage.h"

#include <fmt/format.h>

#include "detectors/theory/keepalive.h"
#include "detectors/theory/silence.h"
#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;
using Kind = SocketEvent::Kind;

namespace {

Window hull(Window a, Window b) { return {std::min(a.from, b.from), std::max(a.to, b.to)}; }

/// The healing, from the fault.
Window healing(const Situation& s) { return {*s.heals_after, *s.heals_after + healed_late}; }

std::string healed(const Situation& s) {
    return fmt::format("the path is healed after {}", in_seconds(*s.heals_after));
}

/// What would have ended the connection, when its last try at `last` came before the healing, after it (then
/// `answered` says what was), or when that is a matter of moments.
SocketEvent unless_answered(const Situation& s, Window last, SocketEvent end, const std::string& answered) {
    const Window well = healing(s);
    if (last.from > well.to)
        return {Kind::never, 0, {}, fmt::format("{}; {}", healed(s), answered), {}};
    if (last.to < well.from) {
        end.rule += fmt::format(
            "; {}, but the last try came {} after the fault, and nothing more is sent before the end",
            healed(s), in_seconds(last));
        end.steps.push_back(
            fmt::format("{} after the fault: the path is healed, which nobody is told", in_seconds(well)));
        return end;
    }
    return {
        Kind::unknown,
        0,
        {},
        fmt::format(
            "{}; the last try comes {} after the fault: where the fault falls in the timers' period decides "
            "whether it is answered, or the connection ends on a path that is well",
            healed(s), in_seconds(last)),
        {}};
}

SocketEvent data_over(const Situation& s, const SocketTimers& t, Window write) {
    const Flight f = flight_of(s);
    const Window last = write + retransmission_of(s, 1) + last_try(f, t.user_timeout);
    const Window again = delivered(s, f, write);
    return unless_answered(s, last, data_unanswered(s, t, write),
                           fmt::format("the first retransmission after that, {} after the fault, is answered",
                                       in_seconds(again)));
}

SocketEvent probes_over_outage(const Situation& s, const SocketTimers& t) {
    const Window since = last_segment(s, t);
    const Window last = last_probe(t.idle, t.interval, t.count, t.user_timeout, s.kernel.hz) - since;
    const SocketEvent end = probes_unanswered(s, t);
    if (const Duration beat = info(s.traffic).client_interval; beat > 0ns) {
        const Window lost{0ns, beat};
        Flight client = flight_of(s);
        client.crowded = true;
        if (delivered(s, client, lost).to < end.after.from)
            return {Kind::never,
                    0,
                    {},
                    healed(s) + "; the client's own retransmissions come before the last probe is due",
                    {}};
    }
    return unless_answered(
        s, last, end,
        fmt::format("the last keepalive probe, {} after the fault, is answered", in_seconds(last)));
}

/// When a write that stays unanswered is sent again, from the write, as far as an outage needs it: the tail
/// loss probe and every retransmission. More than a second before the fault nothing is lost.
struct SentAgain {
    SentAgain(const Situation& s, const Flight& f) : has_probe(f.kernel.tail_loss_probe) {
        if (has_probe)
            all.push_back(first_resend(f));
        for (int n = 1; all.size() < 2 || all.back().from < healing(s).to + 1s; ++n)
            all.push_back(retransmission(f, n));
    }
    Window first_retransmission() const { return all[has_probe ? 1 : 0]; }

    bool has_probe;
    std::vector<Window> all;
};

/// delivered(), where `more` says that its writer writes again before the first retransmission.
Window delivered_after(const Situation& s, const SentAgain& tries, Window lost, bool more) {
    const Window well = healing(s);
    size_t first = 0;
    while ((lost + tries.all[first]).to < well.from)
        ++first;
    size_t last = first;
    while ((lost + tries.all[last]).from < well.to)
        ++last;
    Duration from = std::max((lost + tries.all[first]).from, well.from);
    // A new segment behind the lost one makes the other end ask for it. After the first retransmission the
    // window is one segment, and new data waits (tcp_enter_loss()).
    if (more && well.from < (lost + tries.first_retransmission()).to)
        from = well.from;
    return Window{from, (lost + tries.all[last]).to} + Window{s.one_way, s.one_way};
}

/// When what is written at `lost` arrives: after the healing it is not lost at all.
Window arrives(const Situation& s, const SentAgain& tries, Window lost, bool more) {
    const Window well = healing(s), travel{s.one_way, s.one_way};
    if (lost.from > well.to)
        return lost + travel;
    Window arrival = delivered_after(s, tries, lost, more);
    if (lost.to >= well.from)
        arrival.from = std::min(arrival.from, std::max(lost.from, well.from) + s.one_way);
    return arrival;
}

/// A writer whose next message somebody waits for.
struct Awaited {
    Duration beat;
    Window limit;
    std::optional<Window> other_write;
};

/// A process that goes on does at once what was due meanwhile; its kernel has kept the connection well.
Window sent_on_waking(const Situation& s, Window due) {
    const Window well = healing(s);
    return Window{std::max(due.from, well.from), std::max(due.to, well.to)} + arrival(s);
}

/// One slice of the phases, so narrow that the last message and the next one belong together.
Wait wait_once(const Situation& s, const SentAgain& tries, const Awaited& a, Window last_before) {
    const Window next = Window{a.beat, a.beat} - last_before;
    Window lost{std::max<Duration>(0ns, next.from), std::max<Duration>(0ns, next.to)};
    if (a.other_write)
        lost = {std::min(lost.from, a.other_write->from), std::min(lost.to, a.other_write->to)};
    const bool more = a.beat < tries.first_retransmission().to;
    Wait wait{Wait::Ends::either, arrives(s, tries, lost, more), a.limit - last_before};
    if (s.effect == Effect::acknowledges_only)
        wait.delivered = sent_on_waking(s, {std::max<Duration>(0ns, next.from), std::max<Duration>(0ns, next.to)});
    if (wait.delivered.to < wait.gives_up.from)
        wait.ends = Wait::Ends::in_time;
    if (wait.delivered.from > wait.gives_up.to)
        wait.ends = Wait::Ends::too_late;
    return wait;
}

} // namespace

Window delivered(const Situation& s, const Flight& f, Window lost) {
    return delivered_after(s, SentAgain(s, f), lost, f.crowded);
}

SocketEvent outage(const Situation& s, const SocketTimers& t, std::optional<Window> own_write) {
    if (s.traffic == Traffic::buffer_full)
        return {Kind::unknown, 0, {}, "what an outage does to a window that is shut is not known here", {}};
    if (const auto write = unanswered_write_of(s, own_write))
        return data_over(s, t, *write);
    if (t.keepalive)
        return probes_over_outage(s, t);
    return {Kind::never, 0, {}, healed(s) + "; until then no timer of the kernel is armed", {}};
}

Wait wait_out(const Situation& s, Window last_before, Duration beat, Window limit, bool crowded,
              std::optional<Window> other_write) {
    // The writer's retransmission timer is that of the other end of the same path.
    const SentAgain tries(s, {s.kernel, s.rto, s.srtt, 1, crowded});
    const Awaited awaited{beat, limit, other_write};
    constexpr Duration slice = 10ms;
    std::optional<Wait> whole;
    for (Duration from = last_before.from; !whole || from < last_before.to; from += slice) {
        const Wait part = wait_once(s, tries, awaited, {from, std::min(from + slice, last_before.to)});
        if (!whole)
            whole = part;
        if (part.ends != whole->ends)
            whole->ends = Wait::Ends::either;
        whole->delivered = hull(whole->delivered, part.delivered);
        whole->gives_up = hull(whole->gives_up, part.gives_up);
    }
    return *whole;
}

} // namespace halfopen
