#pragma once
// Plan files (scenarios/plans/*.toml), and what a command line chooses from them.

#include <filesystem>
#include <string>
#include <vector>

#include "harness/trial/plan.h"

namespace halfopen {

struct PlanFile {
    std::string name, summary;
    int repeats = 3;
    Duration horizon{0};
    Duration sweep_periods_up_to{0}; ///< longer periods fire right after the last exchange, their slowest case
    std::vector<std::string> detectors; ///< specs
    /// `traffic` in the file: a profile, "headline" (each scenario's first), or "every" (all that it lists).
    enum class Profiles { one, headline, every };
    struct Cells {
        Profiles profiles = Profiles::one;
        Traffic traffic = Traffic::idle; ///< where it is one
        std::vector<std::string> scenarios; ///< names; globs, as "*", are resolved
        std::vector<std::string> detectors; ///< specs; empty: those of the whole plan
        std::optional<Duration> horizon;    ///< nothing: that of the whole plan
    };
    std::vector<Cells> cells;
};

/// BadInput names file, line, column and the mend.
PlanFile read_plan_file(const std::filesystem::path&);

/// What is to be run: columns (scenario and traffic) and rows (specs).
struct Choice {
    PlanFile file; ///< repeats, horizon and sweep come from here
    struct Column {
        const Scenario* scenario;
        Traffic traffic;
        std::vector<std::string> detectors;
        Duration horizon;
    };
    std::vector<Column> columns;
};

/// Takes the words of the command line apart. Words that are no plan leave the starter plan's rows and columns in
/// place, cut down to what was named.
Choice choose(const Selection&);

} // namespace halfopen
