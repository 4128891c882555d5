#pragma once
// What a detector will say and when, by the kernel's rules alone.

#include <optional>
#include <string>
#include <vector>

#include "harness/base/outcome.h"
#include "harness/base/time.h"

namespace halfopen {

/// A prediction is made before the outcome is known and never fitted to it.
struct Prediction {
    enum class Kind {
        never,   ///< no rule ever makes this detector speak here
        window,  ///< it speaks inside `after`
        unknown, ///< no rule that we know covers this; `rule` says why
    };
    Kind kind = Kind::never;
    Verdict verdict = Verdict::gone; ///< meaningful for a window
    Window after;                    ///< from the fault to the notice; negative: said before the fault
    std::string signal;              ///< what the detector will report, "recv: ETIMEDOUT"; empty when open
    std::string rule;                ///< one sentence: the rule with its numbers, or why never
    std::vector<std::string> steps;  ///< the same, timer by timer, for `explain` and `predict`

    /// The outcome that follows for a truth when the trial is watched until `horizon` after the fault. A
    /// window that straddles the horizon counts as spoken; the report shows the window beside it.
    Outcome outcome(Truth truth, Duration horizon) const {
        const bool speaks = kind == Kind::window && after.from <= horizon;
        return judge(truth, speaks ? std::optional{verdict} : std::nullopt, after.to < Duration::zero());
    }
};

} // namespace halfopen
