#pragma once
// What the kernel's rules say about a lesson, and what its texts show of it. A lesson writes no time of its own: {predicted} and
// {seen} stand in its place, so that every number on the screen was computed or measured there and then.

#include <optional>
#include <string>
#include <vector>

#include "harness/learn/lesson.h"
#include "harness/trial/plan.h"

namespace halfopen {

/// The trials of a round: so many repeats, with its detector as `spec` says. Where a period is long, the failure comes right
/// at its beginning, in virtual time too, so that the arithmetic is that of the settings. Predictions are those of `kernel`, or
/// of this machine's.
Plan plan_of(const Round&, const std::string& spec, int repeats, const std::optional<KernelFacts>& kernel = {});

/// What is predicted for a cell of a plan while it is watched.
Observed observed_in_theory(const PlannedTrial&);
/// "75-77.8 s, ETIMEDOUT", "at once", "not in the 80 s watched".
std::string say_observed(const Observed&, Duration horizon);

/// The specs that learners may get: the round's own first, then every combination of what is varied.
std::vector<std::string> specs_of(const Round&);

/// What a placeholder becomes.
struct RoundFacts {
    std::string method;                ///< its label: "keepalive 60/5/3"
    std::string predicted;
    std::optional<std::string> seen;   ///< nothing before it was run
    Duration horizon{0};
};
/// Facts of theory only, for the specs given (one for each round) or the rounds' own.
std::vector<RoundFacts> facts_of(const Lesson&, const std::vector<std::string>& specs = {});

/// `text` with {predicted}, {seen}, {method} and {watched} of round `round`, those of another as {seen 1}, and any cell's time
/// as {theory SCENARIO TRAFFIC DETECTOR}, or as {theory when ...} without the words of the signal. BadInput for a placeholder that is none of these, or {seen} of what was not run yet.
std::string filled_in(const std::string& text, const std::vector<RoundFacts>&, size_t round);

/// BadInput when a question has no right answer, or two; when a placeholder is unknown; when a text has a time of its own.
void check_lesson(const Lesson&);

} // namespace halfopen
