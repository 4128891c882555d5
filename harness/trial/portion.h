#pragma once
// A plan in portions, one virtual machine each. A portion is a function of the plan alone: not of how many machines
// run at a time, nor of the order in which they end, nor of what is recorded already. So its records are the same
// bytes whenever it is run.

#include <string>
#include <vector>

#include "harness/trial/own_server.h"
#include "harness/trial/plan.h"

namespace halfopen {

struct Portion {
    /// Where microseconds count, one world is alive at a time; long waits overlap.
    bool alone = false;
    std::vector<PlannedTrial> trials;
    std::optional<OwnServer> server{}; ///< that is tried in them
};

/// All trials of the plan that are run, each in one portion, in the plan's order within it.
std::vector<Portion> cut(const Plan&);

/// What a trial takes of a processor's time on the wall, about: awakenings cost, and idle time does not.
Duration expected_cost(const PlannedTrial&);

/// A portion as it travels into the machine, and back into trials there. `seed` is the plan's.
std::string to_json(const Portion&, uint64_t seed);
struct ReadPortion {
    Portion portion;
    uint64_t seed = 0;
};
ReadPortion read_portion(const std::string& json);

} // namespace halfopen
