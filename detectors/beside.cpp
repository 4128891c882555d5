#include "detectors/beside.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "detectors/theory/outage.h"
#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

Prediction none_came(const Beside& b, Window after, std::string rule) {
    Prediction p;
    p.kind = Prediction::Kind::window;
    p.after = after;
    p.signal = b.signal;
    p.rule = std::move(rule);
    p.steps = {fmt::format("0 s: the last {} arrives", b.what),
               fmt::format("{} later: the fault", in_seconds(b.last_before)),
               fmt::format("{}: none came", in_seconds(b.limit))};
    return p;
}

/// The first one that is sent, or passes, when all is well again, for a last one `before` the fault.
Window next_after_outage(const Situation& s, const Beside& b, Duration before) {
    const Duration travel = b.ways * s.one_way;
    const Window well{*s.heals_after, *s.heals_after + healed_late};
    // A process that was stopped sends at once what was due meanwhile.
    if (s.effect == Effect::acknowledges_only) {
        const Duration due = b.beat - before;
        return Window{std::max(due, well.from), std::max(due, well.to)} + Window{travel, travel} + at_once;
    }
    const auto first_from = [&](Duration sent) {
        Duration arrives = b.beat - before;
        while (arrives - travel < sent)
            arrives += b.beat;
        return arrives;
    };
    return Window{first_from(well.from), first_from(well.to)} + at_once;
}

/// Slice by slice, so that the last one and the next one belong together.
Prediction during_outage(const Situation& s, const Beside& b) {
    constexpr Duration slice = 10ms;
    bool in_time = false, too_late = false;
    for (Duration from = b.last_before.from; from <= b.last_before.to; from += slice) {
        const Window last{from, std::min(from + slice, b.last_before.to)};
        const Window sooner = next_after_outage(s, b, last.to), later = next_after_outage(s, b, last.from);
        const Window next{std::min(sooner.from, later.from), std::max(sooner.to, later.to)};
        const Window gives_up = b.limit - last;
        in_time |= next.from <= gives_up.to;
        too_late |= next.to >= gives_up.from;
    }
    const std::string back = fmt::format("{}; it is healed after {}, and the next {} after that arrives", b.why,
                                         in_seconds(*s.heals_after), b.what);
    if (!too_late)
        return never(fmt::format("{} before {} have passed", back, plain(b.limit.from)));
    if (in_time)
        return unknown(fmt::format("{} before or after {} have passed: where the fault falls between two of them "
                                   "decides",
                                   back, plain(b.limit.from)));
    return none_came(b, b.limit - b.last_before,
                     fmt::format("{} later than {} after the last one", back, plain(b.limit.from)));
}

/// So many in a row must be lost, and each is lost by itself.
Prediction by_chance(const Situation& s, const Beside& b) {
    const auto row = (b.limit.from + b.beat - 1ns) / b.beat - 1;
    const double arrives = std::pow(1 - s.loss_percent / 100.0, b.ways);
    const double chance = std::pow(1 - arrives, std::max<double>(1, static_cast<double>(row)));
    const std::string odds = fmt::format("chance: {} of them in a row are lost with {:.2g} %", std::max<int64_t>(1, row), 100 * chance);
    const double watched = s.horizon > 0ns ? static_cast<double>(s.horizon / b.beat) : 1e6;
    if (chance * watched < 1e-6)
        return never(fmt::format("a {} comes every {}; {}, less than one in a million for all that are watched", b.what,
                                 plain(b.beat), odds));
    return unknown(fmt::format("a {} comes every {}, and {} each time", b.what, plain(b.beat), odds));
}

Prediction while_slow(const Situation& s, const Beside& b) {
    const Duration most = b.beat + b.ways * s.slowest_way;
    const std::string gap = fmt::format("a {} is sent every {} and travels at most {}", b.what, plain(b.beat),
                                        plain(b.ways * s.slowest_way));
    if (b.limit.from > most)
        return never(fmt::format("{}, which together is less than {}", gap, plain(b.limit.from)));
    return unknown(fmt::format("{}, which together is not less than {}: how late the one before it was decides", gap,
                               plain(b.limit.from)));
}

/// A path that is back for longer than the beat passes at least one each time.
Prediction while_flapping(const Situation& s, const Beside& b) {
    constexpr Duration late = 20ms;
    const Duration away = s.particulars.away, back = s.particulars.every - away;
    const std::string turns = fmt::format("a {} is sent every {}, and the path is away for {} and back for {} by turns",
                                          b.what, plain(b.beat), plain(away), plain(back));
    if (back > b.beat + late && b.limit.from > away + b.beat + late)
        return never(fmt::format("{}: one of them passes each time that it is back", turns));
    return unknown(fmt::format("{}: how many in a row fall into its absences is a matter of moments", turns));
}

Prediction while_starved(const Situation& s, const Beside& b) {
    constexpr Duration late = 20ms;
    const std::string gap = fmt::format("a {} is due every {}, and the client gets the processor again {} later at most",
                                        b.what, plain(b.beat), plain(s.pauses));
    if (b.limit.from > b.beat + s.pauses + late)
        return never(fmt::format("{}, which together is less than {}", gap, plain(b.limit.from)));
    return unknown(fmt::format("{}, which together is not less than {}: how they fall upon its moments decides", gap,
                               plain(b.limit.from)));
}

} // namespace

Prediction beside(const Situation& s, const Beside& b) {
    if (b.never_came)
        return none_came(b, b.limit - s.watch_before_fault, b.why);
    if (b.ends && s.heals_after)
        return during_outage(s, b);
    if (b.ends)
        return none_came(b, b.limit - b.last_before, fmt::format("{}: the last {} + {}", b.why, b.what, plain(b.limit.from)));
    if (s.pauses > 0ns && b.by_process)
        return while_starved(s, b);
    if (s.effect == Effect::slow)
        return while_slow(s, b);
    if (s.effect == Effect::flapping)
        return while_flapping(s, b);
    if (s.effect == Effect::lossy)
        return by_chance(s, b);
    return never(fmt::format("{}; one comes every {}, well within {}", b.why, plain(b.beat), plain(b.limit.from)));
}

} // namespace halfopen
