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

/// The decades that trials and predictions occupy.
struct Axis {
    double from = axis_end;
    double to = axis_begin;

    void include(Duration d) {
        from = std::min(from, std::floor(place(d)));
        to = std::max(to, std::ceil(place(d) + 1e-9));
    }
    bool empty() const { return from > to; }
    /// At least two decades, so that a distance can be seen as one.
    void settle() {
        if (to - from < 2)
            (from - 1 >= axis_begin ? from : to) += from - 1 >= axis_begin ? -1 : 1;
        to = std::min(to, axis_end);
    }
    size_t column(Duration d) const {
        const double share = (std::clamp(place(d), from, to) - from) / (to - from);
        return static_cast<size_t>(std::lround(share * (plot_width - 1)));
    }
};

bool lies_after_the_fault(const TrialLine& trial) {
    return trial.predicted.after && trial.predicted.after->to >= Duration::zero();
}

Axis axis_of(const std::vector<const Cell*>& cells) {
    Axis axis;
    for (const Cell* cell : cells)
        for (const TrialLine* trial : cell->valid) {
            if (trial->noticed_after && *trial->noticed_after >= Duration::zero())
                axis.include(*trial->noticed_after);
            if (lies_after_the_fault(*trial)) {
                axis.include(trial->predicted.after->from);
                axis.include(trial->predicted.after->to);
            }
        }
    return axis;
}

void draw_prediction(std::string& plot, const Axis& axis, const Cell& cell) {
    for (const TrialLine* trial : cell.valid) {
        if (!lies_after_the_fault(*trial))
            continue;
        const size_t from = axis.column(trial->predicted.after->from);
        const size_t to = axis.column(trial->predicted.after->to);
        for (size_t i = from; i <= to; ++i)
            plot[i] = '=';
    }
    const size_t first = plot.find('=');
    const size_t last = plot.rfind('=');
    if (first != std::string::npos && first > 0)
        plot[first - 1] = '[';
    if (last != std::string::npos && last + 1 < plot.size())
        plot[last + 1] = ']';
}

std::string row_text(const std::string& label, size_t label_width, const Axis& axis, const Cell& cell) {
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
            ++count[axis.column(*trial->noticed_after)];
    for (size_t i = 0; i < plot_width; ++i)
        if (count[i] > 0)
            plot[i] = count[i] == 1 ? 'o' : count[i] < 10 ? static_cast<char>('0' + count[i]) : '#';
    std::string line = pad_right(cut(printable(label), label_width), label_width + 1) + plot + "|";
    line += silent ? fmt::format(" {} silent", silent) : "";
    line += before ? fmt::format(" {} before the fault", before) : "";
    return line + "\n";
}

std::string scale(const Axis& axis, size_t label_width) {
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

std::string strip_plot(const std::vector<LabelledCell>& rows) {
    std::vector<const Cell*> drawn;
    size_t label_width = 0;
    for (const LabelledCell& row : rows)
        if (has_something_to_draw(*row.cell)) {
            drawn.push_back(row.cell);
            label_width = std::min(most_label, std::max(label_width, display_width(row.label)));
        }
    Axis axis = axis_of(drawn);
    if (axis.empty())
        return "";
    axis.settle();
    std::string out = scale(axis, label_width);
    for (const LabelledCell& row : rows)
        if (has_something_to_draw(*row.cell))
            out += row_text(row.label, label_width, axis, *row.cell);
    return out;
}

std::string strip_plot(const Cells& cells, const std::string& traffic, const ScenarioHead& column) {
    std::vector<LabelledCell> rows;
    int silent_rows = 0;
    for (const DetectorHead& row : cells.detectors())
        if (const Cell* cell = cells.find(traffic, column.name, row.spec); cell && cell->n() > 0) {
            rows.push_back({row_name(row), cell});
            silent_rows += has_something_to_draw(*cell) ? 0 : 1;
        }
    std::string out = strip_plot(rows);
    if (!out.empty() && silent_rows > 0)
        out += fmt::format("{} said nothing, as predicted; not drawn.\n", counted(silent_rows, "row"));
    return out;
}

} // namespace halfopen
