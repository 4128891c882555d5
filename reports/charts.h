#pragma once
// The pictures of a report, as what gnuplot must be told to draw them. Nothing is drawn here: the command line runs
// gnuplot, once for all of them, and hands back what it wrote.

#include <string>
#include <vector>

#include "reports/cells.h"

namespace halfopen {

/// One picture. No text of the records reaches gnuplot: its script has tokens, ~0~, ~1~ and so on, and `words` holds
/// what stands in their places in the finished picture, plain text. So no name can end a string or start a program.
struct Chart {
    std::string name;  ///< of its file, without the ending: "silent-drop-idle"; unique in a report
    std::string title; ///< one line, plain text
    bool is_strip = false;
    std::string how;   ///< the sentence on how to read it, plain text
    int width = 0, height = 0; ///< pixels
    std::string script;        ///< for gnuplot 5.4; one SVG document on its stdout
    std::vector<std::string> words;
};

/// The name of the strip plot of a failure; of the user's own server, whose failures are the rows, of a profile.
std::string strip_name(const ScenarioHead&, const std::string& traffic);
std::string own_strip_name(const std::string& traffic);
std::string ecdf_name(const ScenarioHead&, const std::string& traffic);
inline const std::string cost_name = "cost";

/// All that records hold enough for, in the order of the report; the same records give the same charts.
std::vector<Chart> charts_of(const Cells&);

/// In which colours: a file's own, or those of the page that the picture is a part of.
enum class Look { light, dark, page };

/// What gnuplot wrote for a chart, made into a picture that may stand beside others in a page: no id but those of the
/// chart's name, no script, a title and a description, the colours of `look`, and the words in the tokens' places.
/// Empty when it is no picture of gnuplot's.
std::string finished_picture(const Chart&, const std::string& drawn, Look);

} // namespace halfopen
