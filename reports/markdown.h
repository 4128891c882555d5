#pragma once
// The report that is written beside trials.jsonl. Same records, same bytes.

#include <string>

#include "harness/trial/record.h"

namespace halfopen {

std::string markdown_report(const Records&);

} // namespace halfopen
