#pragma once
// One cell as one sentence: the first line of `explain SCENARIO DETECTOR`, and the headline of a run of one
// cell.

#include <string>

#include "reports/cells.h"

namespace halfopen {

/// "keepalive 60/5/3, as stated, noticed silent-drop (idle) in 3 of 3 trials, after 75.3-77.3 s by recv:
/// ETIMEDOUT; predicted: 75-77.8 s." Plain text, true whatever the cell holds.
std::string cell_sentence(const DetectorHead&, const ScenarioHead&, const std::string& traffic, const Cell&);

/// The same by names; says that nothing is recorded when that is so.
std::string cell_sentence(const Records&, const std::string& scenario, const std::string& traffic,
                          const std::string& spec);

} // namespace halfopen
