#pragma once
// Every trial of a failure as a character on a logarithmic axis of time, beside its prediction. Text, ASCII
// only, so that it stands in a terminal, a code block and a mail alike.

#include <string>

#include "reports/cells.h"

namespace halfopen {

/// A row of a plot or a table: a cell and what it is called there.
struct LabelledCell {
    std::string label;
    const Cell* cell = nullptr;
};

/// A row for each method that spoke or is predicted to: `o` a trial (digits: so many at one place), `[==]`
/// predicted, right of the bar the trials that said nothing. The axis holds the decades that are occupied,
/// within 10 us to 3 h. Empty when there is nothing to draw.
std::string strip_plot(const Cells&, const std::string& traffic, const ScenarioHead&);
/// The same for any rows; those that said nothing, and are predicted to, are left out.
std::string strip_plot(const std::vector<LabelledCell>&);

} // namespace halfopen
