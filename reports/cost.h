#pragma once
// What a method costs while nothing is wrong, against how soon it notices what says nothing.

#include <string>
#include <vector>

#include "reports/cells.h"
#include "reports/pictures.h"

namespace halfopen {

/// A method that noticed some silent failure.
struct CostRow {
    const DetectorHead* head = nullptr;
    int noticed = 0;       ///< cells of silent failures that it noticed in every trial
    int asked = 0;         ///< cells of silent failures with a valid trial
    Duration worst{0};     ///< the slowest trial of the noticed ones
    double segments = 0;   ///< a minute, that the server's kernel sent beside a living client, less the control's
    double wakeups = 0;    ///< a minute, of the method's own thread
    int alarms = 0;        ///< cells in which it called a living client dead
    int alive = 0;         ///< cells of living clients with a valid trial
};

/// Costs are medians over the trials of one cell, in which nothing was said.
struct Costs {
    std::vector<CostRow> rows; ///< in the order of the matrix
    const ScenarioHead* column = nullptr; ///< of that cell, the client is there
    std::string traffic;                  ///< and its profile
    Duration watched{0};
    std::vector<std::string> traffics; ///< in which silent failures were noticed
};

/// How to read the picture.
inline const std::string cost_how =
    "A dot is a method. Left is sooner: its slowest notice of a silent failure. Low is cheap: segments sent while nothing is wrong. "
    "Filled dots noticed every silent failure that they were tried against, open ones only some, as the count beside the name says.";

/// No rows where no cost was measured beside a living client, no silent failure was noticed, or nothing may be ranked.
Costs costs_of(const Cells&);
/// "What it costs to notice sooner": the picture, and the same as a table.
std::string cost_section(const Cells&, const Pictures&);

} // namespace halfopen
