// Cost against the worst time: a dot for each method that noticed some silent failure.

#include <algorithm>
#include <cmath>

#include "reports/chart_script.h"
#include "reports/cost.h"
#include "reports/matrix.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr double aside = 26;      ///< pixels left of the axis' beginning, so that a dot there is whole
constexpr double lane = 44;       ///< pixels below the axis, for what sent nothing
constexpr double same_place = 8;  ///< pixels: dots so near to each other share a name
constexpr double name_height = 17;
constexpr size_t names_together = 3;

/// The two logarithmic axes.
struct Field {
    Frame frame;
    TimeAxis time;
    double low = 1e9, high = -1e9; ///< log10 of segments a minute

    explicit Field(const Costs& costs) {
        frame.height = 560;
        frame.left = 84;
        frame.right = 30;
        frame.bottom = 96;
        for (const CostRow& row : costs.rows) {
            time.include(row.worst);
            if (row.segments > 0) {
                low = std::min(low, std::floor(std::log10(row.segments)));
                high = std::max(high, std::floor(std::log10(row.segments) + 1e-9) + 1);
            }
        }
        time.settle();
        if (low > high)
            low = 0, high = 1;
    }
    double plot_height() const { return frame.height - frame.top - frame.bottom; }
    double decade() const { return (plot_height() - lane) / (high - low); }
    double x(const CostRow& row) const { return frame.left + aside + time.share(row.worst) * (frame.plot_width() - aside); }
    double level(const CostRow& row) const { return row.segments > 0 ? std::log10(row.segments) : low - lane / 2 / decade(); }
    double y(const CostRow& row) const { return frame.top + (high - level(row)) * decade(); }
};

struct Box {
    double left, top, right, bottom;
    bool meets(const Box& o) const { return left < o.right && o.left < right && top < o.bottom && o.top < bottom; }
};

/// Dots of one place, and their names.
struct Spot {
    double x, y;
    std::vector<const CostRow*> rows;
    int best() const {
        int most = 0;
        for (const CostRow* row : rows)
            most = std::max(most, row->noticed);
        return most;
    }
    /// A line each, and a line for those that are too many.
    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const CostRow* row : rows)
            names.push_back(fmt::format("{}: {}/{}", row_name(*row->head), row->noticed, row->asked));
        if (names.size() > names_together) {
            const size_t more = names.size() - names_together + 1;
            names.resize(names_together - 1);
            names.push_back(fmt::format("and {} more", more));
        }
        return names;
    }
};

std::vector<Spot> spots_of(const Field& field, const Costs& costs) {
    std::vector<Spot> spots;
    for (const CostRow& row : costs.rows) {
        const double x = field.x(row), y = field.y(row);
        const auto same = std::find_if(spots.begin(), spots.end(), [&](const Spot& spot) { return std::hypot(spot.x - x, spot.y - y) < same_place; });
        if (same == spots.end())
            spots.push_back({x, y, {&row}});
        else
            same->rows.push_back(&row);
    }
    // Whoever noticed most gets the room for its name first.
    std::stable_sort(spots.begin(), spots.end(), [](const Spot& a, const Spot& b) { return a.best() > b.best(); });
    return spots;
}

/// Puts a name beside each spot where there is room for it; how many found none.
int put_names(ChartScript& script, const Field& field, const std::vector<Spot>& spots) {
    std::vector<Box> taken;
    for (const Spot& spot : spots)
        taken.push_back({spot.x - 8, spot.y - 8, spot.x + 8, spot.y + 8});
    int unnamed = 0;
    for (const Spot& spot : spots) {
        const std::vector<std::string> names = spot.names();
        double width = 0;
        for (const std::string& name : names)
            width = std::max(width, text_pixels(name, 13));
        const double half = name_height / 2 * static_cast<double>(names.size());
        bool placed = false;
        for (const double down : {0.0, -half - 6, half + 6, -half - 22, half + 22})
            for (const bool right : {true, false}) {
                const double gap = down == 0 ? 12 : 4, x = right ? spot.x + gap : spot.x - gap - width, y = spot.y + down;
                const Box box{x, y - half, x + width, y + half};
                const bool inside = box.left > field.frame.left && box.right < field.frame.width - 6 && box.top > field.frame.top - 10 &&
                                    box.bottom < field.frame.height - field.frame.bottom + 2;
                if (placed || !inside || std::any_of(taken.begin(), taken.end(), [&](const Box& other) { return box.meets(other); }))
                    continue;
                for (size_t i = 0; i < names.size(); ++i)
                    script.text(right ? x : x + width, y - half + name_height * (static_cast<double>(i) + 0.5), names[i], right ? "left" : "right");
                taken.push_back(box);
                placed = true;
            }
        unnamed += placed ? 0 : 1;
    }
    return unnamed;
}

void put_dots(ChartScript& script, const Field& field, const Costs& costs, const char* name, const auto& counts) {
    script.data(name);
    for (const CostRow& row : costs.rows)
        if (counts(row))
            script.line("{} {} {}", seconds(row.worst, field.time), number(std::pow(10, field.level(row))),
                        script.word(fmt::format("{}: {} of {}, the slowest after {}, {} segments a minute", row_name(*row.head), row.noticed,
                                                row.asked, say(row.worst), digits(row.segments, 2))));
    script.end();
}

void draw_axes(ChartScript& script, const Field& field, const Costs& costs) {
    const double bottom = field.low - lane / field.decade();
    script.line("set xrange [{:.8g}:{:.8g}]",
                std::pow(10, field.time.from - aside / (field.frame.plot_width() - aside) * (field.time.to - field.time.from)),
                std::pow(10, field.time.to));
    script.line("set logscale y");
    script.line("set yrange [{:.8g}:{:.8g}]", std::pow(10, bottom), std::pow(10, field.high));
    script.time_axis(field.time);
    std::vector<std::string> names;
    for (double decade = field.low; decade <= field.high; ++decade)
        names.push_back(fmt::format("'{0:g}' {0:g}", std::pow(10, decade)));
    script.line("set ytics scale 0 textcolor rgb '{}' ({})", colour::faint, joined(names, ", "));
    script.line("set grid xtics ytics lt 1 lw 1 lc rgb '{}'", colour::line);
    script.line("set object 1 rectangle from graph 0,graph 0 to graph 1,first {:.8g} behind fs solid 1 noborder fc rgb '{}'",
                std::pow(10, field.low), colour::gutter);
    script.text(field.frame.left - 10, field.frame.top + field.plot_height() - lane / 2, "none", "right", colour::faint);
    script.text(field.frame.left - 64, field.frame.top - 20, "segments a minute beside a living client", "left", colour::faint, 12);
    script.text(field.frame.left + field.frame.plot_width() / 2, field.frame.height - field.frame.bottom + 42,
                fmt::format("slowest notice of a silent failure ({} traffic), logarithmic", list_of(costs.traffics)), "center", colour::faint, 12);
}

} // namespace

Chart cost_chart(const Cells& cells) {
    const Costs costs = costs_of(cells);
    const Field field(costs);
    ChartScript script(cost_name, "What it costs to notice sooner", field.frame);
    const auto spots = spots_of(field, costs);
    draw_axes(script, field, costs);
    const int unnamed = put_names(script, field, spots);
    script.heading("Left is sooner, low is cheap" + std::string(unnamed > 0 ? "; dots without room for a name are named in the table" : ""));
    const auto noticed_all = [](const CostRow& row) { return row.noticed == row.asked; };
    put_dots(script, field, costs, "whole", noticed_all);
    put_dots(script, field, costs, "part", [&](const CostRow& row) { return !noticed_all(row); });
    script.key_dot("noticed every silent failure", "pt 7 ps 1.1", colour::noticed);
    script.key_dot("only some of them", "pt 6 ps 1.1", colour::ink);
    script.plot("whole", fmt::format("using 1:2:3 with labels hypertext point pt 7 ps 1.1 lc rgb '{}'", colour::noticed));
    script.plot("part", fmt::format("using 1:2:3 with labels hypertext point pt 6 ps 1.1 lc rgb '{}'", colour::ink));
    return std::move(script).done(cost_how);
}

} // namespace halfopen
