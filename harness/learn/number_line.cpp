#include "harness/learn/number_line.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace halfopen {

namespace {

using namespace std::chrono_literals;

constexpr size_t margin = 6, gutter = 12; ///< for "seen  " in front, and "| not at all" behind

struct Tick {
    Duration at;
    const char* name;
};
constexpr std::array<Tick, 9> ticks{{{10us, "10us"}, {1ms, "1ms"}, {100ms, "100ms"}, {1s, "1s"}, {10s, "10s"}, {1min, "1m"}, {15min, "15m"}, {1h, "1h"}, {3h, "3h"}}};

/// An answer that is about what is said, whenever.
constexpr std::string_view no_time = "(your answer names no time)";
constexpr const char* legend = "^ your answer, o a trial, > heard nothing";

class Axis {
public:
    explicit Axis(size_t width) : columns_(width - margin - gutter) {}
    size_t columns() const { return columns_; }
    /// The column of a time, from 0; what lies beyond stands at the end.
    size_t at(Duration time) const {
        const double from = std::log10(static_cast<double>(Duration(10us).count())), to = std::log10(static_cast<double>(Duration(3h).count()));
        const double here = std::log10(static_cast<double>(std::max<int64_t>(time.count(), 1)));
        return static_cast<size_t>(std::lround(std::clamp((here - from) / (to - from), 0.0, 1.0) * static_cast<double>(columns_ - 1)));
    }
    /// A row with room for the gutter.
    std::string row(const std::string& name, char fill) const {
        std::string text = name + std::string(margin - name.size(), ' ') + std::string(columns_, fill);
        return text + "|" + std::string(gutter - 1, ' ');
    }

private:
    size_t columns_;
};

std::string guess_row(const Axis& axis, const std::optional<Answer>& guess) {
    std::string row = axis.row("you", ' ');
    if (!guess) return row;
    if (guess->silent) row[margin + axis.columns() + 5] = '^';
    if (!guess->when) return guess->silent ? row : row.replace(margin, no_time.size(), no_time);
    const size_t from = axis.at(guess->when->from), to = axis.at(guess->when->to);
    for (size_t i = from; i <= to; ++i) row[margin + i] = '^';
    return row;
}

/// The column of a trial. On the edge of the guess it stands on the side on which it is.
size_t column_of_trial(const Axis& axis, Duration after, const std::optional<Answer>& guess) {
    const size_t at = axis.at(after);
    if (!guess || !guess->when) return at;
    const size_t from = axis.at(guess->when->from), to = axis.at(guess->when->to);
    if (after > guess->when->to && at == to) return std::min(at + 1, axis.columns() - 1);
    if (after <= guess->when->from && at == from && at > 0) return at - 1;
    return at;
}

std::string seen_row(const Axis& axis, const std::vector<std::optional<Duration>>& seen, const std::optional<Answer>& guess) {
    std::string row = axis.row("seen", ' ');
    for (const auto& after : seen) row[after ? margin + column_of_trial(axis, *after, guess) : margin + axis.columns() + 5] = after ? 'o' : '>';
    return row;
}

std::string axis_row(const Axis& axis) {
    std::string row = std::string(margin + axis.columns(), ' ') + "| not at all";
    size_t free_from = margin;
    for (const Tick& tick : ticks) {
        const std::string name = tick.name;
        const size_t at = std::min(margin + axis.at(tick.at), margin + axis.columns() - name.size());
        if (at < free_from) continue;
        row.replace(at, name.size(), name);
        free_from = at + name.size() + 1;
    }
    return row;
}

} // namespace

std::string number_line(const std::optional<Answer>& guess, const std::vector<std::optional<Duration>>& seen, size_t width) {
    const Axis axis(std::max<size_t>(width, 50));
    return guess_row(axis, guess) + "\n" + seen_row(axis, seen, guess) + "\n" + axis.row("", '-') + "\n" + axis_row(axis) + "\n" + std::string(margin, ' ') + legend;
}

} // namespace halfopen
