#pragma once
// From kernel parameters to the facts that theory needs.

#include <optional>

#include "detectors/detector.h"

namespace halfopen {

/// From what was read back in a world.
KernelFacts kernel_facts(const std::vector<std::pair<std::string, std::optional<std::string>>>& sysctl, int hz);

/// The same for the world of a detector that wants some of them otherwise.
KernelFacts kernel_for(const Detector&, KernelFacts);

} // namespace halfopen
