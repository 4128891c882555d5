#pragma once
// The first sentences of a report. They are derived from the records, whatever these hold: a full plan, an
// interrupted one, a single cell, no law at all, only controls.

#include <string>
#include <vector>

#include "reports/cells.h"

namespace halfopen {

/// "Which of the five laws notices that the client is gone?" or what the records ask instead.
std::string report_title(const Cells&);

/// One sentence for each group of laws that did the same, then what was called dead wrongly. Markdown.
std::vector<std::string> headline(const Cells&);

} // namespace halfopen
