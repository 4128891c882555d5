#pragma once
// A scenario as a bash script: what the lab does by system calls, with the commands that a person would type.

#include <string>

#include "harness/trial/scenario.h"

namespace halfopen {

/// Runs in namespaces of its own, which are gone when it ends. `writes`: the server writes one message after the fault.
std::string by_hand_script(const Scenario&, bool writes);

} // namespace halfopen
