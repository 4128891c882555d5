#pragma once
// The one clock of the program. Every stamp is CLOCK_MONOTONIC, which all processes and all network
// namespaces of a machine share, so stamps taken by different roles can be subtracted (clock_gettime(2)).

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace halfopen {

/// A length of time in nanoseconds. Negative values mean "before".
using Duration = std::chrono::nanoseconds;

/// CLOCK_MONOTONIC as a std::chrono clock whose epoch is the kernel's, unlike std::chrono::steady_clock's,
/// which only happens to be the same.
struct MonotonicClock {
    using duration = Duration;
    using rep = Duration::rep;
    using period = Duration::period;
    using time_point = std::chrono::time_point<MonotonicClock, Duration>;
    static constexpr bool is_steady = true;
    static time_point now() noexcept;
};
using Instant = MonotonicClock::time_point;

/// A closed interval of time, relative to an origin that its owner names.
struct Window {
    Duration from{0};
    Duration to{0};
    bool contains(Duration t) const { return from <= t && t <= to; }
    Window operator+(Window o) const { return {from + o.from, to + o.to}; }
    /// The interval seen from an origin that lies `o` later: earliest minus latest, latest minus earliest.
    Window operator-(Window o) const { return {from - o.to, to - o.from}; }
    bool operator==(const Window&) const = default;
};

/// Sleeps until `wake` on CLOCK_MONOTONIC; a signal does not end the sleep early.
void sleep_until(Instant wake) noexcept;
/// The same, and looks at the clock for the last stretch: a sleeper may be woken late.
void sleep_exactly_until(Instant wake) noexcept;

/// Reads "60s", "250ms", "2h", "75s", "10us", "1ns", "5min". Nothing for anything else: a bare number, a sign, an
/// unknown unit, or more than 1000 h, which no trial can mean.
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest exact spelling that parse_duration reads back: 60 s is "60s", 7200 s is "2h".
std::string spell(Duration d);

/// For people: three significant digits and a unit that fits: "62 µs", "4.01 ms", "1.04 s", "15 min 25 s".
std::string say(Duration d);

/// The current date and time of the wall clock in UTC, "2026-11-22T08:00:00Z".
std::string utc_now();

} // namespace halfopen
