#pragma once
// Which ladders a report shows, and how.

#include <string>
#include <vector>

#include "reports/cells.h"
#include "reports/ladder.h"
#include "reports/pictures.h"

namespace halfopen {

/// Of a small run one trial of every cell. Of a larger one, for every failure the first trial that was noticed and the first
/// that was not, laws before other methods, and no more than a report can hold. Empty without captures.
std::vector<const TrialLine*> trials_with_ladders(const Cells&);

/// "ladder-silent-drop.idle.keepalive.r1": what its picture is called.
std::string ladder_name(const TrialLine&);

/// Draws them.
void add_ladders(Pictures&, const Cells&);

std::string ladders_section(const Cells&, const Pictures&);

} // namespace halfopen
