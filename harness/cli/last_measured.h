#pragma once
// What was seen of a cell on this machine, the last time that somebody looked.

#include <string>

namespace halfopen {

/// Looks through results/ of the current folder and through what lessons measured, newest first, for trials of
/// "silent-drop/idle/recv": their times and, where packets were captured, the ladder of the slowest, `columns` wide. Says how to
/// measure it where there are none. Ends with a newline.
std::string say_last_measured(const std::string& cell, size_t columns);

} // namespace halfopen
