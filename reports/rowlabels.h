#pragma once
// Names of rows and columns where room is scarce.

#include <string>
#include <vector>

#include "reports/matrix.h"

namespace halfopen {

/// One name for each row, at most `width` columns wide, different within a law: the whole name where it fits,
/// else the label, its beginning, the form, or a beginning and what differs.
std::vector<std::string> short_names(const std::vector<MatrixRow>& rows, size_t width);

/// "kill", "crsh": a column's label in at most `width` characters.
std::string short_column(const ScenarioHead&, size_t width);

} // namespace halfopen
