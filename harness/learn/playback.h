#pragma once
// A ladder that grows: what crossed the links, one packet after the other, and the silences between them counted.

#include "harness/learn/console.h"
#include "harness/trial/record.h"

namespace halfopen {

/// Plays what a trial captured; `has_all` where a file beside it holds all of its packets. Short gaps take their own time, a silence a second or two, and the clock runs faster in it;
/// Enter shows the rest at once. In plain style each packet is a sentence. Throws Interrupted.
void play(Console&, const TrialLine&, bool has_all);

} // namespace halfopen
