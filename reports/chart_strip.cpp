// The strip plot as a picture: the same rows on the same axis as reports/strip.cpp has as text.

#include <algorithm>
#include <cmath>

#include "reports/chart_script.h"
#include "reports/statistics.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr double row_height = 26;
constexpr size_t most_label_columns = 52;
constexpr double gutter_width = 128; ///< right: what said nothing
constexpr double before_width = 100;  ///< left: what spoke before the fault, where something did
constexpr double mark_size = 0.75;
const std::string dot = fmt::format("pt 7 ps {}", mark_size), diamond = fmt::format("pt 13 ps {}", 1.2 * mark_size);

const std::string strip_how = "A dot is a trial, the upright bar the median of its row, the band what was predicted before the outcome was "
                              "known; an arrow in the grey column on the right is what said nothing while it was watched. Further left is sooner; the "
                              "axis is logarithmic.";
const std::string few_marks_how = "The dots of a row are its fastest and its slowest trial, the thick line its middle half, the upright bar "
                                  "the median, the band what was predicted before the outcome was known; an arrow in the grey column on the right is what "
                                  "said nothing while it was watched.";

bool spoke_before(const TrialLine& trial) { return trial.noticed_after && *trial.noticed_after < Duration::zero(); }

std::string label_of(const LabelledCell& row) { return cut(row.label, most_label_columns); }

/// Where everything stands on one axis: left of it what spoke before the fault, right of it what said nothing.
struct Plane {
    const Strip& strip;
    Frame frame;
    double before = 0; ///< pixels of the left gutter
    double decade = 0; ///< pixels of one

    explicit Plane(const Strip& of) : strip(of) {
        bool any_before = false;
        for (const LabelledCell& row : strip.rows) {
            frame.left = std::max(frame.left, text_pixels(label_of(row), 13));
            any_before = any_before || std::any_of(row.cell->valid.begin(), row.cell->valid.end(),
                                                   [](const TrialLine* trial) { return spoke_before(*trial); });
        }
        frame.left += 30;
        frame.bottom = strip.not_drawn().empty() ? 84 : 114;
        frame.height = frame.top + row_height * static_cast<double>(strip.rows.size()) + frame.bottom;
        before = any_before ? before_width : 0;
        decade = (frame.plot_width() - gutter_width - before) / (strip.axis.to - strip.axis.from);
    }
    /// The value of the axis at so many pixels from the left edge of the plot.
    double at(double pixels) const { return std::pow(10, strip.axis.from + (pixels - before) / decade); }
    double gutter() const { return frame.plot_width() - gutter_width; }
    /// So many pixels right of a value, as a vector's length from it.
    double length(double value, double pixels) const { return value * (std::pow(10, pixels / decade) - 1); }
};

/// The least and the longest time for which trials of these rows were watched.
std::pair<Duration, Duration> watched(const Strip& strip) {
    std::pair<Duration, Duration> span{Duration::max(), Duration::zero()};
    for (const LabelledCell& row : strip.rows)
        for (const TrialLine* trial : row.cell->valid)
            span = {std::min(span.first, trial->horizon), std::max(span.second, trial->horizon)};
    return span;
}

/// One watch for all, that ends on the axis and not where the axis ends.
bool ends_on_axis(const Strip& strip) {
    const auto [least, most] = watched(strip);
    return least == most && strip.axis.share(most) < 1;
}

void draw_frame(ChartScript& script, const Plane& plane) {
    const auto rows = static_cast<double>(plane.strip.rows.size());
    const Frame& frame = plane.frame;
    script.line("set xrange [{:.8g}:{:.8g}]", plane.at(0), plane.at(frame.plot_width()));
    script.line("set yrange [{}:0.5]", number(rows + 0.5));
    script.time_axis(plane.strip.axis);
    std::vector<std::string> names;
    for (size_t i = 0; i < plane.strip.rows.size(); ++i)
        names.push_back(fmt::format("'{}' {}", script.word(label_of(plane.strip.rows[i])), i + 1));
    script.line("set ytics scale 0 textcolor rgb '{}' ({})", colour::ink, joined(names, ", "));
    script.line("set object 1 rectangle from {},graph 0 to {},graph 1 behind fs solid 1 noborder fc rgb '{}'",
                number(plane.at(plane.gutter())), number(plane.at(frame.plot_width())), colour::gutter);
    const auto [least, most] = watched(plane.strip);
    const double middle = frame.left + plane.gutter() + gutter_width / 2;
    script.text(middle, frame.top - 22, "not noticed", "center", colour::ink, 12);
    script.text(middle, frame.top - 8, watched_text(least, most), "center", colour::ink, 12);
    if (plane.before > 0) {
        script.line("set object 2 rectangle from {},graph 0 to {},graph 1 behind fs solid 1 noborder fc rgb '{}'",
                    number(plane.at(0)), number(plane.at(plane.before)), colour::gutter);
        script.text(frame.left + plane.before / 2, frame.top - 22, "before", "center", colour::ink, 12);
        script.text(frame.left + plane.before / 2, frame.top - 8, "the fault", "center", colour::ink, 12);
    }
    if (ends_on_axis(plane.strip))
        script.line("set arrow from {0},graph 0 to {0},graph 1 nohead dt (6,4) lw 1.5 lc rgb '{1}'",
                    seconds(most, plane.strip.axis), colour::missed);
    script.text(frame.left + plane.before + (plane.gutter() - plane.before) / 2, frame.height - frame.bottom + 44,
                "from the fault to the verdict, logarithmic", "center", colour::faint, 12);
    if (const auto rows = plane.strip.not_drawn(); !rows.empty())
        script.text(20, frame.height - 48, "not drawn: " + joined(rows, "; "), "left", colour::faint, 12);
}

void put_windows(ChartScript& script, const Plane& plane) {
    const TimeAxis& axis = plane.strip.axis;
    script.data("windows");
    for (size_t i = 0; i < plane.strip.rows.size(); ++i)
        for (const Window& window : predicted_windows(*plane.strip.rows[i].cell)) {
            const double from = axis.share(window.from), to = axis.share(window.to), least = 3 / (plane.decade * (axis.to - axis.from));
            const double end = std::min(1.0, std::max(to, from + least)), begin = std::min(from, end - least);
            const auto value = [&](double share) { return number(std::pow(10, axis.from + share * (axis.to - axis.from))); };
            script.line("{0} {1} {0} {2} {3} {4}", value(begin), i + 1, value(end), number(static_cast<double>(i) + 0.64),
                        number(static_cast<double>(i) + 1.36));
        }
    script.end();
}

/// Those after the fault; of very many the fastest and the slowest.
std::vector<const TrialLine*> drawn_trials(const Cell& cell, bool right, Detail detail) {
    std::vector<const TrialLine*> drawn;
    for (const TrialLine* trial : cell.valid)
        if (trial->noticed_after && !spoke_before(*trial) && is_right(trial->outcome) == right)
            drawn.push_back(trial);
    if (detail != Detail::extremes || drawn.size() < 3)
        return drawn;
    const auto [fastest, slowest] = std::minmax_element(
        drawn.begin(), drawn.end(), [](const TrialLine* a, const TrialLine* b) { return a->noticed_after < b->noticed_after; });
    return {*fastest, *slowest};
}

/// Trials of one time stand beside each other, not on each other.
double height_in_row(const Cell& cell, const TrialLine* trial, Detail detail) {
    const auto which = std::find(cell.valid.begin(), cell.valid.end(), trial) - cell.valid.begin();
    return detail == Detail::extremes ? 0 : 0.5 * ((static_cast<double>(which) + 0.5) / cell.n() - 0.5);
}

void put_trials(ChartScript& script, const Plane& plane, const char* name, bool right, Detail detail) {
    script.data(name);
    for (size_t i = 0; i < plane.strip.rows.size(); ++i) {
        const Cell& cell = *plane.strip.rows[i].cell;
        for (const TrialLine* trial : drawn_trials(cell, right, detail))
            script.line("{} {} {}", seconds(*trial->noticed_after, plane.strip.axis),
                        number(static_cast<double>(i) + 1 + height_in_row(cell, trial, detail)),
                        detail != Detail::told ? ""
                                               : script.word(say(*trial->noticed_after) + (trial->signal.empty() ? "" : ", " + trial->signal)));
    }
    script.end();
}

/// A median among trials that said nothing is one of those that spoke only while more than half did.
void put_medians(ChartScript& script, const Plane& plane) {
    script.data("medians");
    for (size_t i = 0; i < plane.strip.rows.size(); ++i) {
        const Cell& cell = *plane.strip.rows[i].cell;
        std::vector<Duration> all = cell.spoke;
        all.resize(cell.valid.size(), Duration::max());
        if (cell.n() > 1 && 2 * cell.spoke.size() > all.size() && median(all) >= Duration::zero() && median(all) < std::chrono::hours{24})
            script.line("{} {} 0 0.72", seconds(median(all), plane.strip.axis), number(static_cast<double>(i) + 0.64));
    }
    script.end();
}

void put_quartiles(ChartScript& script, const Plane& plane) {
    script.data("quartiles");
    for (size_t i = 0; i < plane.strip.rows.size(); ++i)
        if (const auto& spoke = plane.strip.rows[i].cell->spoke; spoke.size() >= 3 && quantile(spoke, 0.75) >= Duration::zero())
            script.line("{} {} {} 0", seconds(quantile(spoke, 0.25), plane.strip.axis), i + 1,
                        number(std::stod(seconds(quantile(spoke, 0.75), plane.strip.axis)) - std::stod(seconds(quantile(spoke, 0.25), plane.strip.axis))));
    script.end();
}

/// The gutters: an open arrow and how many; right what said nothing, left what spoke before the fault.
void put_gutters(ChartScript& script, const Plane& plane) {
    const auto block = [&](const char* name, double from, double length, const auto& counts) {
        script.data(name);
        for (size_t i = 0; i < plane.strip.rows.size(); ++i) {
            const Cell& cell = *plane.strip.rows[i].cell;
            if (const auto count = std::count_if(cell.valid.begin(), cell.valid.end(), [&](const TrialLine* t) { return counts(*t); }))
                script.line("{} {} {} 0 {} {}", number(plane.at(from)), i + 1, number(plane.length(plane.at(from), length)),
                            number(plane.at(std::max(from, from + length) + 8)), script.word(count == cell.n() ? fmt::format("all {}", count) : fmt::format("{} of {}", count, cell.n())));
        }
        script.end();
    };
    block("silent", plane.gutter() + 18, 22, [](const TrialLine& trial) { return !trial.noticed_after; });
    block("before", 32, -22, spoke_before);
}

bool any_wrong(const Strip& strip) {
    for (const LabelledCell& row : strip.rows)
        for (const TrialLine* trial : row.cell->valid)
            if (trial->noticed_after && !spoke_before(*trial) && !is_right(trial->outcome))
                return true;
    return false;
}

void put_key(ChartScript& script, const Plane& plane, Detail detail) {
    script.key_dot(detail == Detail::extremes ? "fastest, slowest" : "a trial", dot.c_str(), colour::ink);
    if (any_wrong(plane.strip))
        script.key_dot("a wrong answer", diamond.c_str(), colour::alarm);
    script.key_bar("median");
    if (detail == Detail::extremes)
        script.key_band("middle half", colour::noticed);
    script.key_band("predicted", colour::predicted);
    if (ends_on_axis(plane.strip))
        script.key_dashes("end of the watch");
}

} // namespace

Chart strip_chart(std::string name, std::string title, std::string second_line, const Strip& strip, Detail detail) {
    const Plane plane(strip);
    ChartScript script(std::move(name), std::move(title), plane.frame);
    script.heading(second_line);
    draw_frame(script, plane);
    put_key(script, plane, detail);
    put_windows(script, plane);
    put_trials(script, plane, "right", true, detail);
    put_trials(script, plane, "wrong", false, detail);
    put_medians(script, plane);
    put_gutters(script, plane);
    if (detail == Detail::extremes)
        put_quartiles(script, plane);
    const std::string arrow = "with vectors head empty size screen 0.011,25 fixed lw 1.5 lc rgb ";
    script.plot("windows", fmt::format("using 1:2:3:4:5:6 with boxxyerror fc rgb '{}'", colour::predicted));
    if (detail == Detail::extremes)
        script.plot("quartiles", fmt::format("using 1:2:3:4 with vectors nohead lw 7 lc rgb '{}'", colour::noticed));
    script.plot("medians", fmt::format("using 1:2:3:4 with vectors nohead lw 2.5 lc rgb '{}'", colour::ink));
    const std::string marks = detail == Detail::told ? "using 1:2:3 with labels hypertext point" : "using 1:2 with points";
    script.plot("right", fmt::format("{} {} lc rgb '{}'", marks, dot, colour::ink));
    script.plot("wrong", fmt::format("{} {} lc rgb '{}'", marks, diamond, colour::alarm));
    script.plot("silent", fmt::format("using 1:2:3:4 {}'{}'", arrow, colour::missed));
    script.plot("silent", fmt::format("using 5:2:6 with labels left tc rgb '{}'", colour::ink));
    script.plot("before", fmt::format("using 1:2:3:4 {}'{}'", arrow, colour::alarm));
    script.plot("before", fmt::format("using 5:2:6 with labels left tc rgb '{}'", colour::ink));
    Chart chart = std::move(script).done(detail == Detail::extremes ? few_marks_how : strip_how);
    chart.is_strip = true;
    return chart;
}

} // namespace halfopen
