#pragma once
// Scripts of scenarios whose connection is not, or no longer, an established one, or one that a proxy holds: they take other
// programs, and where law 1 has no descriptor to ask they are judged by what ss shows.

#include <string>

#include "harness/trial/scenario.h"

namespace halfopen {

/// A proxy between both connections, for a scenario that has one.
std::string proxy_on_router();

/// For a stage that is not Stage::established: what comes after the three hosts: the programs, the fault, the watch, and the verdict in the words of the detector sock-diag.
std::string by_hand_stage(const Scenario&);

} // namespace halfopen
