#pragma once
// Which ladders a report shows. They are made once, for its Markdown, its page and its pictures.

#include <string>
#include <vector>

#include "reports/cells.h"
#include "reports/ladder.h"

namespace halfopen {

struct ShownLadder {
    std::string trial; ///< its id
    Ladder ladder;     ///< its title says what came of the trial
};

struct Ladders {
    std::vector<ShownLadder> shown;
    bool of_every_cell = false; ///< else of every failure one trial that was noticed and one that was not
};

/// Of a small run one trial of every cell. Of a larger one, for every failure the first trial that was noticed and the first
/// that was not, laws before other methods, and no more than a report can hold. None without captures.
Ladders ladders_of(const Cells&);

/// "ladder-silent-drop.idle.keepalive.r1": what the picture of that trial's is called.
std::string ladder_name(const std::string& trial_id);

} // namespace halfopen
