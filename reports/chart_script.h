#pragma once
// What the scripts of all charts have in common: the card, its colours, and words that gnuplot never sees.

#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "reports/charts.h"
#include "reports/strip.h"

namespace halfopen {

/// Colours as a script spells them: those of the light card. finished_picture() exchanges them.
namespace colour {
inline constexpr const char* card = "#ffffff";
inline constexpr const char* ink = "#1f2328";
inline constexpr const char* faint = "#59636e";
inline constexpr const char* line = "#d0d7de";
inline constexpr const char* gutter = "#f6f8fa";
inline constexpr const char* predicted = "#bccdff";
inline constexpr const char* noticed = "#648fff";
inline constexpr const char* missed = "#a40e26";
inline constexpr const char* alarm = "#5d3a9b";
} // namespace colour

/// Pixels: of the whole card, and from its edges to the plot.
struct Frame {
    double width = 960, height = 0;
    double left = 0, right = 16, top = 100, bottom = 0;

    double plot_width() const { return width - left - right; }
    /// Screen coordinates of gnuplot, from the lower left corner, for pixels from the upper left one.
    std::string screen(double x, double y) const {
        return fmt::format("screen {:.5f},{:.5f}", x / width, 1 - y / height);
    }
};

/// About how wide a text of that size is drawn, in pixels. Fonts differ; this is a wide one.
double text_pixels(std::string_view text, double size);

/// Writes a chart's script line by line.
class ChartScript {
public:
    ChartScript(std::string name, std::string title, const Frame&);

    /// A token that stands for this text in the finished picture.
    std::string word(const std::string& text);
    template <typename... Args> void line(fmt::format_string<Args...> form, Args&&... args) {
        chart_.script += fmt::format(form, std::forward<Args>(args)...) + "\n";
    }
    /// A text at a pixel; `align` is left, right or center.
    void text(double x, double y, const std::string& what, const char* align, const char* of = colour::ink, int size = 13,
              const char* weight = "");
    /// The two lines at the top of the card.
    void heading(const std::string& second_line);
    /// Ticks and their names on an axis of time, x with grid lines.
    void time_axis(const TimeAxis&);
    /// Begins a data block; lines of numbers and tokens follow, then end().
    void data(const std::string& name);
    void end();
    /// Draws a block, if it holds anything, in gnuplot's words: "using 1:2 with points".
    void plot(const std::string& name, const std::string& how);
    /// How the marks are called, below the plot.
    void key_dot(const char* name, const char* style, const char* of);
    void key_bar(const char* name);
    void key_band(const char* name, const char* of);
    void key_dashes(const char* name);

    Chart done(std::string how) &&;
    const Frame& frame() const { return frame_; }

private:
    double key_place(const char* name);
    Chart chart_;
    Frame frame_;
    std::string block_; ///< the one that was begun last
    size_t empty_at_ = 0; ///< the script's length when it was begun
    std::set<std::string> filled_;
    std::string plots_;
    double key_x_ = 20;
    int objects_ = 0;
};

/// A number of a data block.
std::string number(double);
/// A time in seconds, for a data block; a time of the axis' beginning for what lies before.
std::string seconds(Duration, const TimeAxis&);

/// How much is drawn of each trial: a dot that tells its time and signal, a dot, or only the fastest and the slowest.
enum class Detail { told, dots, extremes };

/// The strip plot; without rows there is none.
Chart strip_chart(std::string name, std::string title, std::string second_line, const Strip&, Detail);
/// Cost against the worst time. Only where cost_rows() holds some.
Chart cost_chart(const Cells&);
/// The share of trials that had noticed after a time, a curve for each row.
Chart ecdf_chart(std::string name, std::string title, std::string second_line, const std::vector<LabelledCell>&);
/// The rows of which an ECDF tells something: twenty trials or more, and not all at one moment.
std::vector<LabelledCell> ecdf_rows(const Cells&, const std::string& traffic, const ScenarioHead&);

} // namespace halfopen
