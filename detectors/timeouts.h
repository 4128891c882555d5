#pragma once
// Durations as system calls want them.

#include <sys/time.h>

#include <algorithm>

#include "harness/base/time.h"

namespace halfopen {

/// For SO_RCVTIMEO: rounded up to whole microseconds, because zero would mean "for ever".
inline timeval to_timeval(Duration d) {
    const auto us = std::chrono::ceil<std::chrono::microseconds>(d).count();
    return {static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
}

/// For poll(2): whole milliseconds, rounded up so that it does not return early; zero for the past.
inline int to_poll(Duration d) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(std::max(d, Duration{0})).count();
    return static_cast<int>(std::min<int64_t>(ms, 1'000'000'000));
}

} // namespace halfopen
