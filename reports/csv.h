#pragma once
// Every trial as a line of numbers and words, for a spreadsheet or a notebook.

#include <string>

#include "harness/trial/record.h"

namespace halfopen {

/// RFC 4180: a line of names, then a line for each trial, the last attempt of each; times in nanoseconds, and their names
/// say so. What was not there is empty.
std::string csv_report(const Records&);

} // namespace halfopen
