#pragma once

#include <string_view>

namespace halfopen {

/// Why a trial is invalid when the machine, not the program, spoilt it: the reason begins with this word, and only then a
/// spare takes its place.
inline constexpr std::string_view noisy = "noisy";

} // namespace halfopen
