#pragma once
// What the trials of a round come down to.

#include <optional>
#include <vector>

#include "harness/learn/hand_in.h"
#include "harness/learn/lesson.h"
#include "harness/trial/record.h"

namespace halfopen {

/// The slowest trial; one that noticed nothing is slower than any.
const TrialLine& slowest(const std::vector<TrialLine>&);

/// From the first notice to the last; silent when any of the trials was.
Observed observed(const std::vector<TrialLine>&);
Observed observed(const DoneRound&);

/// The answer that a run shows to be right. Inside its prediction that is theory's, since the edges of an answer are no edges
/// of the kernel's; outside it is what was seen, and nothing when no answer fits that.
std::optional<size_t> right_answer(const Round&, const Observed& seen, const Observed& theory);

} // namespace halfopen
