#pragma once
// What of a report fits into a comment on a pull request, or a job's summary.

#include <string>

#include "harness/trial/record.h"

namespace halfopen {

/// A comment on GitHub ends at 65,536 characters.
inline constexpr size_t most_of_summary = 60'000;

/// The first screens of the Markdown report in at most so many bytes: of a large run the laws only, and of what does not fit a word.
std::string summary_report(const Records&);

} // namespace halfopen
