#pragma once
// A guess and what was seen on one logarithmic line of time, from 10 us to 3 h, with a place at its end for "not at all".

#include <optional>
#include <string>
#include <vector>

#include "harness/learn/lesson.h"

namespace halfopen {

/// Three lines: where the guess lies, `o` for each trial that was noticed and `>` for those that were not, and the axis.
/// `width` is that of the terminal, at least 50. `guess` is left out where it says nothing about a time.
std::string number_line(const std::optional<Answer>& guess, const std::vector<std::optional<Duration>>& seen, size_t width);

} // namespace halfopen
