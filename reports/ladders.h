#pragma once
// Which ladders a report shows, and how.

#include <string>
#include <vector>

#include "reports/cells.h"
#include "reports/ladder.h"

namespace halfopen {

/// Of every failure the first trial that was noticed and the first that was not, laws before other methods; the first and
/// no more where a report would hold too many. Empty without captures.
std::vector<const TrialLine*> trials_with_ladders(const Cells&);

/// "ladders/silent-drop.idle.keepalive.r1.svg": where its picture stands beside the report.
std::string ladder_file(const TrialLine&, bool dark);

/// With links to the pictures, or with the pictures themselves.
std::string ladders_section(const Cells&, bool pictures_inside);

} // namespace halfopen
