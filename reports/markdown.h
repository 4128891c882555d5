#pragma once
// The report that is written beside trials.jsonl. Same records, same bytes.

#include <string>

#include "harness/trial/record.h"
#include "reports/pictures.h"

namespace halfopen {

/// With pictures, where there are some; without any the text plots stand alone.
std::string markdown_report(const Records&, const Pictures& = {});

} // namespace halfopen
