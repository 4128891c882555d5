#include "harness/base/time.h"

#include <array>
#include <cmath>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace halfopen {

namespace {

struct Unit {
    std::string_view name;
    long long ns;
};

// From the longest to the shortest, so that spell() finds the shortest exact spelling first.
constexpr std::array<Unit, 6> units{{{"h", 3'600'000'000'000},
                                     {"min", 60'000'000'000},
                                     {"s", 1'000'000'000},
                                     {"ms", 1'000'000},
                                     {"us", 1'000},
                                     {"ns", 1}}};
constexpr long long longest_ns = 1000 * units[0].ns;

/// `value` with three significant digits and no exponent.
std::string three_digits(double value) {
    const int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return fmt::format("{:.{}f}", value, decimals);
}

} // namespace

Instant MonotonicClock::now() noexcept {
    timespec ts{};
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return Instant{std::chrono::seconds{ts.tv_sec} + Duration{ts.tv_nsec}};
}

void sleep_until(Instant wake) noexcept {
    const auto ns = wake.time_since_epoch().count();
    const timespec ts{static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, nullptr) == EINTR) {
    }
}

void sleep_exactly_until(Instant wake) noexcept {
    sleep_until(wake - std::chrono::microseconds{300});
    while (MonotonicClock::now() < wake) {
    }
}

std::optional<Duration> parse_duration(std::string_view text) {
    size_t digits = 0;
    long long value = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        value = value * 10 + (text[digits++] - '0');
        if (value > longest_ns) return std::nullopt;
    }
    if (digits == 0) return std::nullopt;
    for (const Unit& unit : units)
        if (text.substr(digits) == unit.name)
            return value <= longest_ns / unit.ns ? std::optional{Duration{value * unit.ns}} : std::nullopt;
    return std::nullopt;
}

std::string spell(Duration d) {
    if (d == Duration::zero()) return "0s";
    for (const Unit& unit : units)
        if (unit.name != "min" && d.count() % unit.ns == 0)
            return fmt::format("{}{}", d.count() / unit.ns, unit.name);
    return fmt::format("{}ns", d.count());
}

std::string say(Duration d) {
    if (d < Duration::zero()) return "-" + say(-d);
    const double ns = static_cast<double>(d.count());
    if (ns < 999.5) return fmt::format("{} ns", d.count());
    if (ns < 999.5e3) return three_digits(ns / 1e3) + " µs";
    if (ns < 999.5e6) return three_digits(ns / 1e6) + " ms";
    if (ns < 59.95e9) return three_digits(ns / 1e9) + " s";
    const long long s = std::llround(ns / 1e9);
    if (s < 100) return three_digits(ns / 1e9) + " s";
    if (s < 3600) return s % 60 ? fmt::format("{} min {} s", s / 60, s % 60) : fmt::format("{} min", s / 60);
    const long long min = std::llround(ns / 60e9);
    return min % 60 ? fmt::format("{} h {} min", min / 60, min % 60) : fmt::format("{} h", min / 60);
}

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

} // namespace halfopen
