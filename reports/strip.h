#pragma once
// Every trial of a failure on a logarithmic axis of time, beside its prediction: what is drawn, and the drawing as
// text, ASCII only, so that it stands in a terminal, a code block and a mail alike. chart_strip.cpp draws the same.

#include <string>

#include "reports/cells.h"

namespace halfopen {

/// A row of a plot or a table: a cell and what it is called there.
struct LabelledCell {
    std::string label;
    const Cell* cell = nullptr;
};

/// A logarithmic axis over the decades that something occupies, within 10 us to 3 h. Its ends are log10 of seconds.
struct TimeAxis {
    double from;
    double to;

    TimeAxis();
    void include(Duration);
    bool empty() const { return from > to; }
    /// At least two decades, so that a distance can be seen as one; before it is used.
    void settle();
    /// Where a time lies, 0 at the axis' beginning to 1 at its end; what lies beyond stands at the end.
    double share(Duration) const;
};

/// What a plot of a failure holds, as text or as a picture.
struct Strip {
    std::vector<LabelledCell> rows; ///< the methods that spoke or are predicted to
    TimeAxis axis;                  ///< settled, unless it is empty
    int silent_rows = 0;            ///< measured, left out: they said nothing and are predicted to
    int at_once_rows = 0, early_rows = 0; ///< the same: noticed at once, spoke before the fault
    bool is_long = false;           ///< of dozens of rows those at once and those before the fault are only counted
    std::string a_row_is = "method"; ///< or "failure"

    bool empty() const { return axis.empty(); }
    /// Which rows are not drawn, and why: "3 rows noticed at once". Nothing where all are.
    std::vector<std::string> not_drawn() const;
};

/// A row for each method that was run against the failure.
Strip strip_of(const Cells&, const std::string& traffic, const ScenarioHead&);
/// The same for any rows.
Strip strip_of(const std::vector<LabelledCell>&);
/// A row for each failure that the method was run against.
std::vector<LabelledCell> failures_of(const Cells&, const std::string& traffic, const DetectorHead&);

/// The windows after the fault that were predicted for the trials of a cell, sorted, those that touch as one.
std::vector<Window> predicted_windows(const Cell&);

/// A line for each row: `o` a trial (digits: so many at one place), `[==]` predicted, right of the bar the trials that
/// said nothing. Empty when there is nothing to draw.
std::string strip_plot(const Strip&);

} // namespace halfopen
