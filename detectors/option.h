#pragma once
// setsockopt(2) with its errors said.

#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>

#include "harness/base/error.h"
#include "harness/base/time.h"

namespace halfopen {

template <typename Value> void set_option(int fd, int level, int name, const Value& value) {
    check(setsockopt(fd, level, name, &value, sizeof value), "setting option {} of level {}", name, level);
}

/// Rounded up to whole microseconds: a timeout of zero would mean "for ever".
inline timeval to_timeval(Duration d) {
    const auto us = std::chrono::ceil<std::chrono::microseconds>(d).count();
    return {static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
}

/// What poll(2) takes: whole milliseconds, rounded up so that it does not return early; zero for the past.
inline int to_poll(Duration d) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(std::max(d, Duration{0})).count();
    return static_cast<int>(std::min<int64_t>(ms, 1'000'000'000));
}

} // namespace halfopen
