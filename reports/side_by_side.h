#pragma once
// Runs of the same plan beside each other, as Markdown: on two kernels, say. Same records, same bytes.

#include <string>
#include <vector>

#include "harness/trial/record.h"

namespace halfopen {

/// Two runs or more. Different plans are compared in what all of them have.
std::string side_by_side(const std::vector<Records>&);

} // namespace halfopen
