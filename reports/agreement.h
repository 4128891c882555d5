#pragma once
// Theory against measurement, trial by trial. The prediction was stored before the outcome was known.

#include <string>
#include <vector>

#include "reports/cells.h"

namespace halfopen {

/// What a scheduler may add after the kernel's timer has fired, on top of every predicted window.
inline constexpr Duration scheduling_allowance = std::chrono::milliseconds{20};
/// A window that ends below this says "at once": being inside it proves little, so such trials are counted
/// apart.
inline constexpr Duration prompt_limit = std::chrono::milliseconds{10};

enum class Agreement {
    timed,       ///< spoke inside a window that ends later than `prompt_limit`
    prompt,      ///< spoke inside one that ends before
    silent,      ///< said nothing, and never was predicted
    beyond,      ///< said nothing, and the window opens after the horizon
    open,        ///< said nothing, and the horizon came before the end of the window
    unpredicted, ///< no rule covers it
    outside,   ///< spoke outside the window or against the rule, or did not speak where the rule says it does
    uncounted, ///< skipped or invalid
};
Agreement compare(const TrialLine&);

/// How many trials of each kind; controls are not counted.
struct Tally {
    int timed = 0, prompt = 0, silent = 0, beyond = 0, open = 0, unpredicted = 0;
    int timed_outside = 0, prompt_outside = 0, silent_outside = 0;
};
Tally tally(const Cells&);

/// One sentence for each cell that holds a trial outside its prediction, in the order of rows and columns.
std::vector<std::string> exceptions(const Cells&);

/// What the predictions of a cell's trials span, those made at firing or with the plan: "75-77.8 s", "never", "no rule", "2 h 11 min to 2 h 13 min".
std::string predicted_text(const Cell&, PredictedLine TrialLine::*made = &TrialLine::predicted);

} // namespace halfopen
