#include "detectors/theory/words.h"

#include <cmath>

#include <fmt/format.h>

namespace halfopen {

std::string plain(Duration d) {
    using namespace std::chrono_literals;
    if (d < -1ms || (d % 1ms != 0ns && d > 1ms)) return in_seconds(d); // Nobody set such a number; it was computed.
    std::string text = spell(d);
    text.insert(text.find_first_not_of("0123456789-"), " ");
    return text;
}

std::string seconds_only(Duration d) {
    const double milliseconds = std::round(static_cast<double>(d.count()) / 1e6);
    return fmt::format("{}", milliseconds / 1e3);
}

std::string ordinal(int n) {
    const bool is_teen = n % 100 / 10 == 1;
    const char* end = is_teen ? "th" : n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
    return fmt::format("{}{}", n, end);
}

std::string in_seconds(Duration d) { return seconds_only(d) + " s"; }

std::string in_seconds(Window w) {
    const std::string from = seconds_only(w.from);
    const std::string to = seconds_only(w.to);
    return from == to ? to + " s" : fmt::format("{} to {} s", from, to);
}

} // namespace halfopen
