#include "reports/strip.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "reports/matrix.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr size_t most_label = 46;
constexpr size_t plot_width = 56;
constexpr double axis_begin = -5;          ///< log10 of 10 us
const double axis_end = std::log10(10800); ///< 3 h

double place(Duration d) {
    const double s = static_cast<double>(d.count()) / 1e9;
    return std::clamp(s > 0 ? std::log10(s) : axis_begin, axis_begin, axis_end);
}

bool lies_after_the_fault(const TrialLine& trial) {
    return trial.predicted.after && trial.predicted.after->to >= Duration::zero();
}

size_t column(const TimeAxis& axis, Duration d) {
    return static_cast<size_t>(std::lround(axis.share(d) * (plot_width - 1)));
}

TimeAxis axis_of(const std::vector<LabelledCell>& rows) {
    TimeAxis axis;
    for (const LabelledCell& row : rows)
        for (const TrialLine* trial : row.cell->valid) {
            if (trial->noticed_after && *trial->noticed_after >= Duration::zero())
                axis.include(*trial->noticed_after);
            if (lies_after_the_fault(*trial)) {
                axis.include(trial->predicted.after->from);
                axis.include(trial->predicted.after->to);
            }
        }
    if (!axis.empty())
        axis.settle();
    return axis;
}

void draw_prediction(std::string& plot, const TimeAxis& axis, const Cell& cell) {
    for (const Window& window : predicted_windows(cell))
        for (size_t i = column(axis, window.from); i <= column(axis, window.to); ++i)
            plot[i] = '=';
    const size_t first = plot.find('=');
    const size_t last = plot.rfind('=');
    if (first != std::string::npos && first > 0)
        plot[first - 1] = '[';
    if (last != std::string::npos && last + 1 < plot.size())
        plot[last + 1] = ']';
}

std::string row_text(const std::string& label, size_t label_width, const TimeAxis& axis, const Cell& cell) {
    std::string plot(plot_width, ' ');
    draw_prediction(plot, axis, cell);
    std::array<int, plot_width> count{};
    int silent = 0;
    int before = 0;
    for (const TrialLine* trial : cell.valid)
        if (!trial->noticed_after)
            ++silent;
        else if (*trial->noticed_after < Duration::zero())
            ++before;
        else
            ++count[column(axis, *trial->noticed_after)];
    for (size_t i = 0; i < plot_width; ++i)
        if (count[i] > 0)
            plot[i] = count[i] == 1 ? 'o' : count[i] < 10 ? static_cast<char>('0' + count[i]) : '#';
    std::string line = pad_right(cut(label, label_width), label_width + 1) + plot + "|";
    line += silent ? fmt::format(" {} silent", silent) : "";
    line += before ? fmt::format(" {} before the fault", before) : "";
    return line + "\n";
}

std::string scale(const TimeAxis& axis, size_t label_width) {
    std::string marks(plot_width + 8, ' ');
    for (int decade = static_cast<int>(axis.from); decade <= axis.to; ++decade) {
        static constexpr std::array<std::string_view, 10> names{"10us", "100us", "1ms",  "10ms",  "100ms",
                                                                "1s",   "10s",   "100s", "1000s", "10000s"};
        const auto at =
            static_cast<size_t>(std::lround((decade - axis.from) / (axis.to - axis.from) * (plot_width - 1)));
        const std::string_view name = names[static_cast<size_t>(decade - static_cast<int>(axis_begin))];
        marks.replace(at, name.size(), name);
    }
    while (marks.ends_with(' '))
        marks.pop_back();
    return std::string(label_width + 1, ' ') + marks + "\n";
}

bool has_something_to_draw(const Cell& cell) {
    return std::any_of(cell.valid.begin(), cell.valid.end(),
                       [](const TrialLine* trial) { return trial->noticed_after || trial->predicted.after; });
}

} // namespace

TimeAxis::TimeAxis() : from(axis_end), to(axis_begin) {}

void TimeAxis::include(Duration d) {
    from = std::min(from, std::floor(place(d)));
    to = std::max(to, std::ceil(place(d) + 1e-9));
}

void TimeAxis::settle() {
    if (to - from < 2)
        (from - 1 >= axis_begin ? from : to) += from - 1 >= axis_begin ? -1 : 1;
    to = std::min(to, axis_end);
}

double TimeAxis::share(Duration d) const { return (std::clamp(place(d), from, to) - from) / (to - from); }

std::vector<Window> predicted_windows(const Cell& cell) {
    std::vector<Window> windows;
    for (const TrialLine* trial : cell.valid)
        if (lies_after_the_fault(*trial))
            windows.push_back(*trial->predicted.after);
    std::sort(windows.begin(), windows.end(), [](const Window& a, const Window& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); });
    std::vector<Window> merged;
    for (const Window& window : windows)
        if (!merged.empty() && window.from <= merged.back().to)
            merged.back().to = std::max(merged.back().to, window.to);
        else
            merged.push_back(window);
    return merged;
}

Strip strip_of(const std::vector<LabelledCell>& rows) {
    Strip strip;
    for (const LabelledCell& row : rows)
        if (row.cell->n() > 0)
            has_something_to_draw(*row.cell) ? strip.rows.push_back(row) : void(++strip.silent_rows);
    strip.axis = axis_of(strip.rows);
    return strip;
}

Strip strip_of(const Cells& cells, const std::string& traffic, const ScenarioHead& column) {
    std::vector<LabelledCell> rows;
    for (const DetectorHead& row : cells.detectors())
        if (const Cell* cell = cells.find(traffic, column.name, row.spec))
            rows.push_back({row_name(row), cell});
    return strip_of(rows);
}

std::vector<LabelledCell> failures_of(const Cells& cells, const std::string& traffic, const DetectorHead& row) {
    std::vector<LabelledCell> rows;
    for (const ScenarioHead& column : cells.scenarios())
        if (const Cell* cell = cells.find(traffic, column.name, row.spec))
            rows.push_back({column.label, cell});
    return rows;
}

std::string strip_plot(const Strip& strip) {
    if (strip.empty())
        return "";
    size_t label_width = 0;
    for (const LabelledCell& row : strip.rows)
        label_width = std::min(most_label, std::max(label_width, display_width(row.label)));
    std::string out = scale(strip.axis, label_width);
    for (const LabelledCell& row : strip.rows)
        out += row_text(row.label, label_width, strip.axis, *row.cell);
    if (strip.silent_rows > 0)
        out += fmt::format("{} said nothing, as predicted; not drawn.\n", counted(strip.silent_rows, "row"));
    return out;
}

} // namespace halfopen
