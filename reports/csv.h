#pragma once
// Every trial as a line of numbers and words, for a spreadsheet or a notebook.

#include <string>
#include <vector>

#include "harness/trial/record.h"

namespace halfopen {

/// RFC 4180: a line of names, then a line for each trial, the last attempt of each; times in nanoseconds, and their names
/// say so. What was not there is empty.
std::string csv_report(const Records&);

/// One line of it, with its end; what a reader would take for more than one field stands in quotes.
std::string csv_line(const std::vector<std::string>& fields);

} // namespace halfopen
