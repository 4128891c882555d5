#include "harness/learn/seen.h"

#include <algorithm>

#include "reports/agreement.h"

namespace halfopen {

namespace {

Observed over(const std::vector<std::optional<Duration>>& noticed_after, const std::string& signal) {
    Observed seen;
    for (const auto& after : noticed_after) {
        if (!after) return {};
        seen.after = seen.after ? Window{std::min(seen.after->from, *after), std::max(seen.after->to, *after)} : Window{*after, *after};
    }
    seen.signal = signal;
    return seen;
}

} // namespace

const TrialLine& slowest(const std::vector<TrialLine>& trials) {
    return *std::max_element(trials.begin(), trials.end(), [](const TrialLine& a, const TrialLine& b) {
        return a.noticed_after.value_or(Duration::max()) < b.noticed_after.value_or(Duration::max());
    });
}

Observed observed(const std::vector<TrialLine>& trials) {
    std::vector<std::optional<Duration>> after;
    for (const TrialLine& trial : trials) after.push_back(trial.noticed_after);
    return over(after, slowest(trials).signal);
}

Observed observed(const DoneRound& done) { return over(done.noticed_after, done.signal); }

std::optional<size_t> right_answer(const Round& round, const Observed& seen, const Observed& theory) {
    if (seen.after.has_value() != theory.after.has_value()) return round.right(seen);
    if (!seen.after) return round.right(theory);
    const bool inside = theory.after->from <= seen.after->from && seen.after->to <= theory.after->to + scheduling_allowance;
    const bool same_words = theory.signal.empty() || theory.signal == seen.signal;
    return round.right(inside && same_words ? theory : seen);
}

} // namespace halfopen
