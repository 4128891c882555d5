#pragma once
// What `advise` says, as lines of at most 80 columns.

#include <map>
#include <string>

#include "harness/trial/advice.h"
#include "harness/trial/record.h"

namespace halfopen {

/// The settings, as lines to paste; then what each server can be told of them.
std::string say_settings(const Advice&);

/// The slowest notice of each asked cell; nothing yet: the rules' column alone.
struct MeasuredCell {
    int noticed = 0, missed = 0, misjudged = 0, not_run = 0, invalid = 0;
    Duration slowest{0};
    std::string why; ///< of the last that was not run or is invalid
};
using Measured = std::map<std::pair<std::string, std::string>, MeasuredCell>; ///< by scenario and traffic

Measured slowest_of(const Records&);

/// A row for each asked cell: the worst case by the rules and, where it was measured, the slowest beside it.
std::string say_table(const Advice&, const Measured* = nullptr);

/// Packets an idle hour, and what these settings will not notice.
std::string say_price(const Advice&, const AdviceRequest&);

/// Why no settings can, and what each method can do at its fastest.
std::string say_refusal(const Advice&);

/// What came of the measurement, and whether the request was kept.
struct Result {
    std::string sentence;
    bool kept = true; ///< every trial that was judged noticed in time
    bool invalid = false, nothing_ran = false;
};
Result say_result(const Advice&, Duration within, const Measured&);

} // namespace halfopen
