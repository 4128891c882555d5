#include "detectors/tries.h"

#include <fmt/format.h>

#include "detectors/theory/outage.h"
#include "detectors/theory/refusal.h"
#include "detectors/theory/rough_path.h"
#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// From a write that nobody acknowledges to the n-th time that it is sent again.
Window again(const Situation& s, const Tries& t, int n) {
    if (is_refused(s))
        return refused_retransmission(s, n);
    if (!t.probe_counts || !s.kernel.tail_loss_probe)
        return retransmission_of(s, n);
    // The probe carries the next bytes where some are waiting, as they do in the writer's queue (RFC 9293, 3.7.4), and
    // is no retransmission then (net/ipv4/tcp_output.c: tcp_send_loss_probe()).
    if (s.traffic == Traffic::sending)
        return retransmission_of(s, n);
    const Window with_probe = n == 1 ? first_resend(flight_of(s)) : retransmission_of(s, n - 1);
    if (s.traffic != Traffic::request_response)
        return with_probe;
    return {with_probe.from, retransmission_of(s, n).to}; // An answer may be waiting, or none.
}

Prediction found(const Situation& s, const Tries& t, Window write) {
    const Window nth = again(s, t, t.count);
    Prediction p;
    p.kind = Prediction::Kind::window;
    p.after = write + nth + Window{0ns, t.look};
    p.signal = t.signal;
    p.rule = fmt::format("the unanswered write is sent again for the {} time {} after it (RTO {}, doubling){}", ordinal(t.count),
                         in_seconds(nth), in_seconds(s.rto),
                         t.look > 0ns ? fmt::format("; it looks every {}", plain(t.look)) : "");
    p.steps = {fmt::format("{} after the fault: the server writes, and nobody acknowledges", in_seconds(write)),
               fmt::format("{} after the write: it is sent again", in_seconds(again(s, t, 1))),
               fmt::format("{} after the write: for the {} time", in_seconds(nth), ordinal(t.count))};
    return p;
}

/// The count that is reached before the path is healed; after that the next retransmission is answered.
Prediction before_healing(const Situation& s, const Tries& t, Window write) {
    const Prediction p = found(s, t, write);
    const int in_vain = t.hears_each ? t.count - 1 : t.count;
    const Window nth = in_vain > 0 ? write + again(s, t, in_vain) : write;
    if (nth.to < *s.heals_after)
        return p;
    const std::string both = fmt::format("the path is healed after {}, and {} tries would have been in vain {} after the "
                                         "fault",
                                         in_seconds(*s.heals_after), in_vain, in_seconds(nth));
    return nth.from > *s.heals_after + healed_late ? never(both) : unknown(both);
}

/// The writes that have to be answered on a path that is slow or lossy.
Prediction impatient(const Situation& s, const Tries& t) {
    // Where the tries of several writes add up, the first one of each counts.
    const bool several = t.adds_up && info(s.traffic).server_interval + info(s.traffic).client_interval > 0ns;
    const int in_vain = several ? 1 : t.count;
    const Duration limit = again(s, t, in_vain).from;
    const std::string said = fmt::format("a write is sent again {} after it for the {} time", in_seconds(limit), ordinal(in_vain));
    if (is_late(s)) {
        const std::string answer = fmt::format("every answer comes within {}, and {}", in_seconds(slowest_answer(s)), said);
        return limit > slowest_answer(s) ? never(answer) : unknown(answer);
    }
    if (beyond_horizon(s, limit))
        return never(said + ", after the horizon");
    return unknown(fmt::format("chance: a try and its answer are lost with {}, and {}", chance_of(s, 1), said));
}

} // namespace

Prediction counts_tries(const Situation& s, const Tries& t) {
    const bool writes = info(s.traffic).server_writes && s.traffic != Traffic::buffer_full;
    if (!writes)
        return never("the server writes nothing that would have to be sent again");
    if (is_late(s) || s.effect == Effect::lossy)
        return impatient(s, t);
    // What was in flight at a FIN was acknowledged by it, or answered by RST.
    const bool silent = s.effect == Effect::fin_then_silence && s.traffic != Traffic::in_flight;
    if (!writes_vanish(s) && !silent)
        return never("what the server writes is answered, so nothing is sent again");
    if (refused_write_of(s) && is_refused(s))
        return never("the server's own kernel refuses what it writes, and what was never sent is not sent again");
    const auto write = unanswered_write_of(s, std::nullopt);
    if (!write)
        return never("all that the server wrote was acknowledged, and it writes nothing more");
    return s.heals_after ? before_healing(s, t, *write) : found(s, t, *write);
}

} // namespace halfopen
