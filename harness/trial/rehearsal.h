#pragma once
// How long a plan will take: its schedule, run by a clock that jumps, in worlds that do what is predicted of them.

#include "harness/trial/schedule.h"

namespace halfopen {

/// By the wall clock of a machine of today with two processors; no trial is spoilt.
Duration rehearse(const std::vector<PlannedTrial>&, uint64_t seed, int capacity);

} // namespace halfopen
