// The empirical distribution of a failure's times: which share of the trials had noticed so long after the fault. One watch
// for all trials of a cell, so up to its end this is the Kaplan-Meier estimate too.

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/chart_script.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr int least_trials = 20;
constexpr size_t most_curves = 8;
constexpr size_t most_name = 48; ///< columns
constexpr double names_width = 350;

struct Curve {
    const char* of;
    const char* dashes;
};
constexpr std::array curves{Curve{colour::noticed, "1"},       Curve{colour::missed, "1"},     Curve{colour::ink, "1"},
                            Curve{colour::alarm, "1"},         Curve{colour::noticed, "(6,4)"}, Curve{colour::missed, "(6,4)"},
                            Curve{colour::ink, "(6,4)"},       Curve{colour::alarm, "(6,4)"}};
static_assert(curves.size() == most_curves);

/// Names stand at the height at which their curves end, moved apart where curves end together.
std::vector<double> heights(const std::vector<LabelledCell>& rows, const Frame& frame) {
    std::vector<std::pair<double, size_t>> ends;
    for (size_t i = 0; i < rows.size(); ++i) {
        const double share = static_cast<double>(rows[i].cell->spoke.size()) / rows[i].cell->n();
        ends.emplace_back(frame.top + (1 - share) * (frame.height - frame.top - frame.bottom), i);
    }
    std::sort(ends.begin(), ends.end());
    std::vector<double> at(rows.size());
    double next = 0;
    for (const auto& [height, row] : ends) {
        at[row] = std::max(height, next);
        next = at[row] + 18;
    }
    return at;
}

} // namespace

std::vector<LabelledCell> ecdf_rows(const Cells& cells, const std::string& traffic, const ScenarioHead& column) {
    std::vector<LabelledCell> rows;
    for (const LabelledCell& row : strip_of(cells, traffic, column).rows) {
        const auto& spoke = row.cell->spoke;
        const bool tells = row.cell->n() >= least_trials && !spoke.empty() && spoke.front() >= Duration::zero() &&
                           (spoke.size() < row.cell->valid.size() || 2 * spoke.front() < spoke.back());
        if (tells && rows.size() < most_curves)
            rows.push_back(row);
    }
    return rows;
}

Chart ecdf_chart(std::string name, std::string title, std::string second_line, const std::vector<LabelledCell>& rows) {
    TimeAxis axis;
    for (const LabelledCell& row : rows)
        for (const Duration spoke : row.cell->spoke)
            axis.include(spoke);
    axis.settle();
    Frame frame;
    frame.height = 440;
    frame.left = 70;
    frame.right = names_width;
    frame.bottom = 66;
    ChartScript script(std::move(name), std::move(title), frame);
    script.heading(second_line);
    script.line("set xrange [{:.8g}:{:.8g}]", std::pow(10, axis.from), std::pow(10, axis.to));
    script.line("set yrange [0:1]");
    script.time_axis(axis);
    script.line("set ytics scale 0 textcolor rgb '{}' ('0 %%' 0, '25 %%' 0.25, '50 %%' 0.5, '75 %%' 0.75, '100 %%' 1)", colour::faint);
    script.line("set grid xtics ytics lt 1 lw 1 lc rgb '{}'", colour::line);
    script.text(frame.left + frame.plot_width() / 2, frame.height - 22, "from the fault on, logarithmic", "center", colour::faint, 12);
    const std::vector<double> at = heights(rows, frame);
    for (size_t i = 0; i < rows.size(); ++i) {
        const Cell& cell = *rows[i].cell;
        const double right = frame.left + frame.plot_width();
        script.line("set arrow from {} to {} nohead dt {} lw 2.5 lc rgb '{}'", frame.screen(right + 8, at[i]), frame.screen(right + 30, at[i]),
                    curves[i].dashes, curves[i].of);
        script.text(right + 36, at[i], cut(rows[i].label, most_name), "left");
        const std::string block = "curve" + std::to_string(i);
        script.data(block);
        script.line("{:.8g} 0", std::pow(10, axis.from));
        for (size_t k = 0; k < cell.spoke.size(); ++k)
            script.line("{} {}", seconds(cell.spoke[k], axis), number(static_cast<double>(k + 1) / cell.n()));
        // Nobody looked any longer than that.
        const Duration end = std::max(cell.spoke.back(), cell.valid.front()->horizon);
        script.line("{} {}", seconds(end, axis), number(static_cast<double>(cell.spoke.size()) / cell.n()));
        script.end();
        script.plot(block, fmt::format("using 1:2 with steps dt {} lw 2.5 lc rgb '{}'", curves[i].dashes, curves[i].of));
    }
    return std::move(script).done("A curve is a method: how many of its trials had noticed so long after the fault. It ends with the watch; where "
                                  "it ends below 100 %, the rest said nothing while it was watched.");
}

} // namespace halfopen
