#pragma once
// The pictures of a report, beside it or inside it.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/charts.h"
#include "reports/ladders.h"

namespace halfopen {

/// A picture of our own: it takes the colours of the page that it is a part of, and in a file those of the file.
struct Drawing {
    std::string name, title, light, dark;
};

/// The pictures of a report, or why there are none. Without any a report has its text plots alone.
class Pictures {
public:
    /// None, and nothing to say about it.
    Pictures() = default;
    /// None, and why: a clause with the mend, "there is no gnuplot (apt-get install gnuplot-nox)".
    explicit Pictures(std::string missing) : missing_(std::move(missing)) {}
    /// `drawn` is what gnuplot wrote, one text for each chart.
    Pictures(std::vector<Chart> charts, std::vector<std::string> drawn);

    /// Draws them, and keeps them for the report.
    void add(Ladders);
    /// Nothing where none were added; none where the records hold none.
    const std::optional<Ladders>& ladders() const { return ladders_; }

    /// To be linked by a Markdown report that lies beside the folder of that name.
    Pictures linked(const std::string& folder) const;
    /// To be a part of an HTML report.
    Pictures inlined() const;

    /// The picture as it stands in the report, on lines of its own, with its sentence; empty when there is none.
    std::string of(const std::string& name) const;
    /// The sentence on how it is read, plain text; empty when there is none.
    std::string how_of(const std::string& name) const;
    /// Strip plots have one for all of them.
    std::string how_of_strips() const;
    bool has(const std::string& name) const;
    bool are_inside() const { return inlined_; }
    /// Whether gnuplot drew any.
    bool any() const { return !charts_.empty(); }
    const std::string& missing() const { return missing_; }

    /// What belongs into that folder: a light and a dark file for each picture, by name.
    std::map<std::string, std::string> files() const;

private:
    std::string link_to(const std::string& name, const std::string& title) const;
    std::vector<Chart> charts_;
    std::vector<std::string> drawn_;
    std::vector<Drawing> drawings_;
    std::optional<Ladders> ladders_;
    std::string missing_;
    std::string folder_;
    bool inlined_ = false;
};

/// Whether a file of that name and text can only be a picture of a report: both say which one it is.
bool is_picture_of_a_report(const std::string& file, std::string_view text);

} // namespace halfopen
