#pragma once
// How predictions and labels spell numbers: exactly, because a reader adds them up.

#include <string>

#include "harness/base/time.h"

namespace halfopen {

/// "60 s", "250 ms", "2 h": the exact spelling of a setting, for people.
std::string plain(Duration); // a computed time to the millisecond

/// "1st", "2nd", "3rd", "11th".
std::string ordinal(int);

/// "77.816 s": seconds, and parts of a second to the millisecond.
std::string in_seconds(Duration);

/// "77.816" for arithmetic whose unit follows.
std::string seconds_only(Duration);

/// "75 to 77.816 s", or "75 s" when both ends are the same.
std::string in_seconds(Window);

} // namespace halfopen
