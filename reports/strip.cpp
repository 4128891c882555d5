#include "reports/strip.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/matrix.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr size_t most_label = 46;
constexpr size_t most_long_label = 36; ///< in a plot of dozens of rows
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

/// All of a row but its label.
std::string row_picture(const TimeAxis& axis, const Cell& cell) {
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
    std::string line = plot + "|";
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

/// Of more rows than this only those are drawn that have something to show, and those that look the same as one: the
/// table has them all.
constexpr size_t long_plot = 24;

bool is_at_once(const TrialLine& trial) {
    return trial.noticed_after && *trial.noticed_after >= Duration::zero() && *trial.noticed_after < prompt_limit &&
           trial.predicted.after && trial.predicted.after->to <= 2 * prompt_limit;
}

bool is_early(const TrialLine& trial) { return trial.noticed_after && *trial.noticed_after < Duration::zero(); }

/// Takes out the rows of which every trial is of one kind; how many they were.
int take_out(std::vector<LabelledCell>& rows, bool (*kind)(const TrialLine&)) {
    return static_cast<int>(std::erase_if(rows, [&](const LabelledCell& row) {
        return std::all_of(row.cell->valid.begin(), row.cell->valid.end(), [&](const TrialLine* trial) { return kind(*trial); });
    }));
}

struct TextRow {
    std::string label, text;
    int others = 0; ///< rows that look the same
};

void add_row(std::vector<TextRow>& rows, const std::string& label, const std::string& text, bool is_long) {
    const auto same =
        std::find_if(rows.begin(), rows.end(), [&](const TextRow& other) { return is_long && other.text == text; });
    if (same == rows.end())
        rows.push_back({label, text});
    else
        ++same->others;
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

std::vector<std::string> Strip::not_drawn() const {
    std::vector<std::string> texts;
    const auto add = [&](int rows_of_kind, std::string_view what) {
        if (rows_of_kind > 0)
            texts.push_back(fmt::format("{} {}", counted(rows_of_kind, "row"), what));
    };
    add(at_once_rows, "noticed at once");
    add(early_rows, "spoke before the fault");
    add(silent_rows, "said nothing, as predicted");
    return texts;
}

Strip strip_of(const std::vector<LabelledCell>& rows) {
    Strip strip;
    strip.is_long = rows.size() > long_plot;
    for (const LabelledCell& row : rows)
        if (row.cell->n() > 0)
            has_something_to_draw(*row.cell) ? strip.rows.push_back(row) : void(++strip.silent_rows);
    if (strip.is_long) {
        strip.at_once_rows = take_out(strip.rows, is_at_once);
        strip.early_rows = take_out(strip.rows, is_early);
    }
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
    const bool is_long = strip.is_long;
    size_t label_width = 0;
    for (const LabelledCell& row : strip.rows)
        label_width = std::min(is_long ? most_long_label : most_label, std::max(label_width, display_width(row.label) + (is_long ? 4 : 0)));
    std::vector<TextRow> drawn;
    for (const LabelledCell& row : strip.rows)
        add_row(drawn, row.label, row_picture(strip.axis, *row.cell), is_long);
    std::string out = scale(strip.axis, label_width);
    for (const TextRow& row : drawn) {
        const std::string others = row.others ? fmt::format(" +{}", row.others) : "";
        out += pad_right(cut(printable(row.label), label_width - others.size()) + others, label_width + 1) + row.text;
    }
    if (drawn.size() < strip.rows.size())
        out += "+N: N more rows that look the same.\n";
    for (const std::string& rows : strip.not_drawn())
        out += rows + "; not drawn.\n";
    return out;
}

} // namespace halfopen
