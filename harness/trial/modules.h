#pragma once
// The kernel modules that trials need: they travel into a guest, and a cell whose module is missing is skipped.

#include <string>
#include <vector>

#include "harness/trial/plan.h"

namespace halfopen {

/// What the lab, all faults and all detectors need together.
std::vector<std::string> all_modules();

/// What one trial needs besides what the lab needs.
std::vector<std::string> modules_of(const PlannedTrial&);

} // namespace halfopen
