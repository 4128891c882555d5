#include "reports/sentence.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/matrix.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// "3 of 3 trials".
std::string share(int k, int n) { return fmt::format("{} of {}", k, counted(n, "trial")); }

int count_of(const Cell& cell, Outcome outcome) {
    return static_cast<int>(std::count_if(cell.valid.begin(), cell.valid.end(),
                                          [&](const TrialLine* trial) { return trial->outcome == outcome; }));
}

/// ", after 75.3-77.3 s by recv: ETIMEDOUT" over the trials of one outcome; "before the fault" for negative
/// times.
std::string when_and_how(const Cell& cell, Outcome outcome) {
    std::vector<Duration> times;
    std::string signal;
    for (const TrialLine* trial : cell.valid) {
        if (trial->outcome != outcome)
            continue;
        if (trial->noticed_after)
            times.push_back(*trial->noticed_after);
        signal = signal.empty() || signal == trial->signal ? trial->signal : "several signals";
    }
    const std::string by = signal.empty() ? "" : " by " + signal;
    if (times.empty())
        return by;
    const auto [first, last] = std::minmax_element(times.begin(), times.end());
    if (*last < Duration::zero())
        return ", before anything broke," + by;
    return fmt::format(", after {}{}", time_range(*first, *last), by);
}

std::string of_outcome(const Cell& cell, Outcome outcome, const std::string& scenario,
                       const std::string& watched) {
    const std::string k_of_n = share(count_of(cell, outcome), cell.n());
    switch (outcome) {
    case Outcome::noticed:
        return fmt::format("noticed {} in {}{}", scenario, k_of_n, when_and_how(cell, outcome));
    case Outcome::missed: return fmt::format("did not notice {} in {}, {}", scenario, k_of_n, watched);
    case Outcome::quiet:
        return fmt::format("rightly said nothing in {} of {}, {}", k_of_n, scenario, watched);
    case Outcome::misread:
        return fmt::format("called the half-closed client of {} dead in {}{}", scenario, k_of_n,
                           when_and_how(cell, outcome));
    case Outcome::false_alarm:
        return fmt::format("called a client dead that was alive, in {} of {}{}", k_of_n, scenario,
                           when_and_how(cell, outcome));
    default: return "";
    }
}

std::string watched(const Cell& cell) {
    Duration least = cell.valid.front()->horizon;
    Duration most = least;
    for (const TrialLine* trial : cell.valid) {
        least = std::min(least, trial->horizon);
        most = std::max(most, trial->horizon);
    }
    return watched_text(least, most);
}

std::string theory(const Cell& cell) {
    const std::string predicted = predicted_text(cell);
    const bool inside = std::none_of(cell.valid.begin(), cell.valid.end(), [](const TrialLine* trial) {
        return compare(*trial) == Agreement::outside;
    });
    const std::string& rule = cell.valid.front()->predicted.rule;
    const bool never = predicted == "never" && !rule.empty() && cell.outcome != Outcome::quiet;
    return fmt::format("; predicted: {}{}{}", predicted.empty() ? "no rule" : predicted,
                       never ? fmt::format(" ({})", rule) : "",
                       inside ? "" : " - the measurement is outside");
}

} // namespace

std::string cell_sentence(const DetectorHead& row, const ScenarioHead& column, const std::string& traffic,
                          const Cell& cell) {
    const std::string who = row_name(row);
    const std::string what = fmt::format("{} ({})", column.name, traffic);
    if (cell.n() == 0)
        return fmt::format("{} against {} {}: {}.", who, what,
                           cell.outcome == Outcome::skipped ? "was not run" : "has no valid trial",
                           cell.why());
    std::vector<std::string> parts;
    for (const Outcome outcome :
         {Outcome::false_alarm, Outcome::misread, Outcome::missed, Outcome::noticed, Outcome::quiet})
        if (count_of(cell, outcome) > 0)
            parts.push_back(of_outcome(cell, outcome, what, watched(cell)));
    const auto invalid = std::count_if(cell.trials.begin(), cell.trials.end(), [](const TrialLine* trial) {
        return trial->outcome == Outcome::invalid;
    });
    return fmt::format("{} {}{}{}.", who, joined(parts, "; "), theory(cell),
                       invalid ? fmt::format("; {} invalid", invalid) : "");
}

std::string cell_sentence(const Records& records, const std::string& scenario, const std::string& traffic,
                          const std::string& spec) {
    // Only this cell's trials are put together: a run asks for thousands of sentences while it measures.
    Records part{records.runs, {}, {}, {}, false, records.file};
    for (const TrialLine& trial : records.trials)
        if (trial.scenario == scenario && trial.traffic == traffic && trial.spec == spec)
            part.trials.push_back(trial);
    const Cells cells(part);
    const Cell* cell = cells.find(traffic, scenario, spec);
    if (!cell)
        return fmt::format("No trial of {} against {} ({}) is recorded.", spec, scenario, traffic);
    const auto& columns = cells.scenarios();
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&](const ScenarioHead& head) { return head.name == scenario; });
    for (const auto* rows : {&cells.detectors(), &cells.controls()})
        for (const DetectorHead& row : *rows)
            if (row.spec == spec)
                return cell_sentence(row, *column, traffic, *cell);
    return "";
}

} // namespace halfopen
