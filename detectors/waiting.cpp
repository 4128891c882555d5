#include "detectors/waiting.h"

#include <fmt/format.h>

#include "detectors/theory/outage.h"
#include "detectors/theory/rough_path.h"
#include "detectors/theory/words.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

Prediction while_slow(const Situation& s, const Waiting& w) {
    const Duration most = w.beat + slowest_message(s);
    const std::string gap = fmt::format("a {} is sent every {}, and a message and its answer may be {} late on this path",
                                        w.what, plain(w.beat), plain(slowest_message(s)));
    if (w.limit.from > most)
        return never(fmt::format("{}, which together is less than {}", gap, plain(w.limit.from)));
    return unknown(fmt::format(
        "{}, which together is not less than {}: whether a retransmission that the slowness caused "
        "holds one back for so long is not worked out here",
        gap, plain(w.limit.from)));
}

/// A message is late when all tries to send something in the time since the last one were in vain: some of
/// them for the way there, the others for an answer, which has as many tries of its own.
Prediction while_lossy(const Situation& s, const Waiting& w) {
    const Duration left = w.limit.from - w.beat;
    if (beyond_horizon(s, w.limit.from - w.last_before.to))
        return never(fmt::format("no {} can be missed for {} within the {} watched", w.what,
                                 plain(w.limit.from), plain(s.horizon)));
    const int tries = tries_within({s.kernel, s.rto, s.srtt, 1, w.crowded}, left / 2);
    return unknown(fmt::format(
        "chance: a try and its answer are lost with {}, and a {} is {} late when {} tries in a row "
        "are, on its own way or on that of what it answers: at most 2 x {} for each write of either end",
        chance_of(s, 1), w.what, plain(left), tries, chance_of(s, tries)));
}

Prediction during_outage(const Situation& s, const Waiting& w) {
    const Wait wait = wait_out(s, w.last_before, w.beat, w.limit, w.crowded, w.other_write);
    // A process that was stopped goes on at once; what the path lost waits for its retransmission.
    const bool paused = s.effect == Effect::acknowledges_only;
    const std::string back =
        paused ? fmt::format("the process goes on after {} and sends what was due, the next {} {} after the fault",
                             in_seconds(*s.heals_after), w.what, in_seconds(wait.delivered))
               : fmt::format("the path is healed after {}, and the next {} comes with the first retransmission after "
                             "that, {} after the fault",
                             in_seconds(*s.heals_after), w.what, in_seconds(wait.delivered));
    const std::string gaps = paused ? "" : ", as the gaps have doubled";
    if (wait.ends == Wait::Ends::in_time)
        return never(fmt::format("{}: before {} have passed", back, plain(w.limit.from)));
    if (wait.ends == Wait::Ends::either)
        return unknown(fmt::format(
            "{}{}: where the fault falls between two of them decides whether {} have passed by then", back, gaps,
            plain(w.limit.from)));
    Prediction p;
    p.kind = Prediction::Kind::window;
    p.after = wait.gives_up;
    p.signal = w.signal;
    p.rule = fmt::format("{}{}: later than {} after the last one", back, gaps, plain(w.limit.from));
    p.steps = {fmt::format("{} before the fault: the last {}", in_seconds(w.last_before), w.what),
               fmt::format("{} after the fault: the {}", in_seconds(*s.heals_after), paused ? "process goes on" : "path is healed"),
               fmt::format("{} after the fault: {} without a {}", in_seconds(wait.gives_up),
                           plain(w.limit.from), w.what),
               fmt::format("{} after the fault: it would have come", in_seconds(wait.delivered))};
    return p;
}

/// What is due while the process stands still leaves in its next moment; the supervisor of these moments may be late.
Prediction while_starved(const Situation& s, const Waiting& w) {
    constexpr Duration late = 20ms;
    const Duration most = w.beat + s.pauses + late;
    const std::string gap = fmt::format("a {} is due every {}, and the client gets the processor again {} later at most",
                                        w.what, plain(w.beat), plain(s.pauses));
    if (w.limit.from > most)
        return never(fmt::format("{}, which together is less than {}", gap, plain(w.limit.from)));
    return unknown(fmt::format("{}, which together is not less than {}: how the {}s fall upon its moments decides", gap,
                               in_seconds(w.limit), w.what));
}

} // namespace

std::optional<Prediction> waits(const Situation& s, const Waiting& waiting) {
    if (s.pauses > 0ns)
        return while_starved(s, waiting);
    if (is_late(s))
        return while_slow(s, waiting);
    if (s.effect == Effect::lossy)
        return while_lossy(s, waiting);
    if (is_outage(s))
        return during_outage(s, waiting);
    return std::nullopt;
}

std::optional<Prediction> overslept(const Situation& s, const Waiting& w) {
    if (!s.particulars.server_stopped)
        return std::nullopt;
    const Window wakes{*s.heals_after, *s.heals_after + healed_late};
    const Window passed = w.last_before + wakes;
    const std::string both = fmt::format("the server asks nothing while it is stopped, and the last {} is {} old when it wakes",
                                         w.what, in_seconds(passed));
    if (passed.to < w.limit.from)
        return never(fmt::format("{}: before {} have passed", both, plain(w.limit.from)));
    if (passed.from < w.limit.from)
        return unknown(fmt::format("{}: whether {} have passed then is a matter of moments", both, plain(w.limit.from)));
    Prediction p;
    p.kind = Prediction::Kind::window;
    p.after = wakes + at_once;
    p.signal = w.signal;
    p.rule = fmt::format("{}: it convicts a client that it has not asked", both);
    p.steps = {fmt::format("{} before the fault: the last {}", in_seconds(w.last_before), w.what),
               fmt::format("{} after the fault: the server goes on, and {} have long passed", in_seconds(wakes),
                           plain(w.limit.from))};
    return p;
}

} // namespace halfopen
