#pragma once
// The cells of several runs beside each other, as rows of Markdown tables.

#include <string>
#include <vector>

#include "reports/comparison.h"

namespace halfopen {

/// The head of a table with one column for each run, between those before and after it.
std::string table_head(const Comparison&, std::vector<std::string> before,
                       const std::vector<std::string>& after);

/// The cells that differ, in one table. Empty when there are none.
std::string difference_table(const Comparison&);

/// Every cell that all runs have, a table for each profile, folded away.
std::string profile_tables(const Comparison&);

/// What some runs have and others have not, a line for each run. Empty when all have the same cells.
std::string unshared_cells(const Comparison&);

} // namespace halfopen
