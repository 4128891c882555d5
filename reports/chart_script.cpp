#include "reports/chart_script.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/text.h"

namespace halfopen {

namespace {

struct Tick {
    double seconds;
    const char* name;
    bool wide; ///< stands on an axis of many decades too
};

constexpr std::array ticks{
    Tick{1e-5, "10 µs", true},   Tick{2e-5, "20 µs", false},   Tick{5e-5, "50 µs", false},   Tick{1e-4, "100 µs", true},
    Tick{2e-4, "200 µs", false}, Tick{5e-4, "500 µs", false},  Tick{1e-3, "1 ms", true},     Tick{2e-3, "2 ms", false},
    Tick{5e-3, "5 ms", false},   Tick{1e-2, "10 ms", true},    Tick{2e-2, "20 ms", false},   Tick{5e-2, "50 ms", false},
    Tick{1e-1, "100 ms", true},  Tick{2e-1, "200 ms", false},  Tick{5e-1, "500 ms", false},  Tick{1, "1 s", true},
    Tick{2, "2 s", false},       Tick{5, "5 s", false},        Tick{10, "10 s", true},       Tick{20, "20 s", false},
    Tick{60, "1 min", true},     Tick{120, "2 min", false},    Tick{300, "5 min", false},    Tick{600, "10 min", true},
    Tick{1200, "20 min", false}, Tick{3600, "1 h", true},      Tick{7200, "2 h", false},
};
constexpr double most_decades_of_fine_ticks = 3.2;

} // namespace

double text_pixels(std::string_view text, double size) { return 0.56 * size * static_cast<double>(display_width(text)); }

std::string number(double value) { return fmt::format("{:.6g}", value); }

std::string seconds(Duration d, const TimeAxis& axis) {
    return number(std::pow(10, axis.from + axis.share(d) * (axis.to - axis.from)));
}

ChartScript::ChartScript(std::string name, std::string title, const Frame& frame) : frame_(frame) {
    chart_.name = std::move(name);
    chart_.title = std::move(title);
    chart_.width = static_cast<int>(frame.width);
    chart_.height = static_cast<int>(frame.height);
    line("reset");
    line("set encoding utf8");
    line("set decimalsign '.'");
    line("set terminal svg size {},{} font 'sans-serif,13' noenhanced background rgb '{}' name 'chart'", chart_.width,
         chart_.height, colour::card);
    line("set lmargin at screen {:.5f}", frame.left / frame.width);
    line("set rmargin at screen {:.5f}", 1 - frame.right / frame.width);
    line("set tmargin at screen {:.5f}", 1 - frame.top / frame.height);
    line("set bmargin at screen {:.5f}", frame.bottom / frame.height);
    line("set border 0");
    line("set style fill solid 1 noborder");
    line("unset key");
}

std::string ChartScript::word(const std::string& text) {
    chart_.words.push_back(text);
    return fmt::format("~{}~", chart_.words.size() - 1);
}

void ChartScript::text(double x, double y, const std::string& what, const char* align, const char* of, int size,
                       const char* weight) {
    line("set label '{}' at {} {} font '{},{}' tc rgb '{}'", word(what), frame_.screen(x, y), align, weight, size, of);
}

void ChartScript::heading(const std::string& second_line) {
    text(20, 26, chart_.title, "left", colour::ink, 18, ":Bold");
    text(20, 49, second_line, "left", colour::faint, 13);
}

void ChartScript::time_axis(const TimeAxis& axis) {
    const bool fine = axis.to - axis.from <= most_decades_of_fine_ticks;
    std::vector<std::string> names;
    for (const Tick& tick : ticks)
        if (const double at = std::log10(tick.seconds); (fine || tick.wide) && at > axis.from - 1e-9 && at < axis.to + 1e-9)
            names.push_back(fmt::format("'{}' {:g}", tick.name, tick.seconds));
    line("set logscale x");
    line("set xtics scale 0 textcolor rgb '{}' ({})", colour::faint, joined(names, ", "));
    line("set grid xtics noytics lt 1 lw 1 lc rgb '{}'", colour::line);
}

void ChartScript::data(const std::string& name) {
    line("${} << EOD", name);
    block_ = name;
    empty_at_ = chart_.script.size();
}

void ChartScript::end() {
    if (chart_.script.size() > empty_at_)
        filled_.insert(block_);
    line("EOD");
}

void ChartScript::plot(const std::string& name, const std::string& how) {
    if (filled_.count(name))
        plots_ += fmt::format(", ${} {} notitle", name, how);
}

double ChartScript::key_place(const char* name) {
    const double at = key_x_;
    key_x_ += text_pixels(name, 13) + 46;
    text(at + 22, frame_.height - 18, name, "left", colour::faint);
    return at;
}

void ChartScript::key_dot(const char* name, const char* style, const char* of) {
    const double at = key_place(name);
    line("set label '' at {} point {} lc rgb '{}'", frame_.screen(at + 10, frame_.height - 18), style, of);
}

void ChartScript::key_bar(const char* name) {
    const double at = key_place(name) + 10;
    line("set arrow from {} to {} nohead lw 2.5 lc rgb '{}'", frame_.screen(at, frame_.height - 27),
         frame_.screen(at, frame_.height - 9), colour::ink);
}

void ChartScript::key_band(const char* name, const char* of) {
    const double at = key_place(name);
    line("set object {} rectangle from {} to {} fs solid 1 noborder fc rgb '{}'", ++objects_ + 100,
         frame_.screen(at, frame_.height - 26), frame_.screen(at + 17, frame_.height - 10), of);
}

void ChartScript::key_dashes(const char* name) {
    const double at = key_place(name) + 10;
    line("set arrow from {} to {} nohead dt (6,4) lw 1.5 lc rgb '{}'", frame_.screen(at, frame_.height - 29),
         frame_.screen(at, frame_.height - 7), colour::missed);
}

Chart ChartScript::done(std::string how) && {
    line("plot NaN notitle{}", plots_);
    chart_.how = std::move(how);
    return std::move(chart_);
}

} // namespace halfopen
