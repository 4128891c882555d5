#pragma once
// Parts of the golden records of `try`, to be changed by a test.

#include <algorithm>

#include "reports/text.h"
#include "tests/reports/golden.h"

namespace golden {

/// The trials of one cell.
inline std::vector<halfopen::TrialLine*> cell(halfopen::Records& records, const std::string& scenario,
                                              const std::string& traffic) {
    std::vector<halfopen::TrialLine*> found;
    for (halfopen::TrialLine& t : records.trials)
        if (t.scenario == scenario && t.traffic == traffic)
            found.push_back(&t);
    return found;
}

/// Only these scenarios, as if no others had been asked for.
inline halfopen::Records only(const std::string& stem, const std::vector<std::string>& scenarios,
                              const std::string& traffic) {
    halfopen::Records part = records(stem);
    const auto is_other = [&](const std::string& name) {
        return std::find(scenarios.begin(), scenarios.end(), name) == scenarios.end();
    };
    std::erase_if(part.trials, [&](const auto& t) { return is_other(t.scenario) || t.traffic != traffic; });
    std::erase_if(part.runs.front().scenarios, [&](const auto& s) { return is_other(s.name); });
    return part;
}

/// One that the server let go of in fact, as if it had kept it.
inline void keep(halfopen::TrialLine& trial) {
    trial.noticed_after.reset();
    trial.verdict.reset();
    trial.outcome = halfopen::Outcome::missed;
    trial.socket->end = "ESTAB";
}

inline std::string all_of(const std::vector<std::string>& sentences) {
    return halfopen::joined(sentences, "\n");
}

} // namespace golden
