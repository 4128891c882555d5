#pragma once
// A table of what each method says of each scenario, run in real namespaces.

#include "support/catch.h"
#include "support/cells.h"

namespace halfopen::testing {

struct Row {
    std::string detector;
    std::vector<std::string> answers; ///< in the order of the scenarios
};

inline std::map<std::string, TrialLine> run_table(const std::vector<std::string>& scenarios,
                                                  const std::vector<Row>& rows, const std::string& traffic,
                                                  Duration horizon) {
    Selection selection;
    selection.what = scenarios;
    selection.traffic = {traffic};
    selection.repeats = 1;
    selection.horizon = horizon;
    for (const Row& row : rows) selection.detectors.push_back(row.detector);
    return by_id(run_cells(selection));
}

inline void check_table(const std::vector<std::string>& scenarios, const std::vector<Row>& rows,
                        const std::string& traffic, Duration horizon) {
    const auto lines = run_table(scenarios, rows, traffic, horizon);
    for (const Row& row : rows)
        for (size_t i = 0; i < scenarios.size(); ++i) {
            const std::string id =
                scenarios[i] + "/" + traffic + "/" + spec_of(*make_detector(row.detector)) + "/r1";
            INFO(id);
            REQUIRE(lines.count(id) == 1);
            CHECK(say(lines.at(id)) == row.answers[i]);
            if (lines.at(id).outcome != Outcome::skipped) CHECK(lines.at(id).fault_verified);
        }
}

} // namespace halfopen::testing
