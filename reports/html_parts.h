#pragma once
// The parts of the HTML report that are not those of the Markdown report.

#include <string>
#include <string_view>

#include "reports/cells.h"
#include "reports/matrix.h"

namespace halfopen {

/// Nothing in `text` is taken for markup, in an element or in an attribute's quotes.
std::string html_text(std::string_view text);

/// Markdown as GitHub reads it (cmark-gfm), tables included. Raw HTML passes: it may be only ours.
std::string html_of_markdown(const std::string& markdown);

/// What names a cell in links and data: "keepalive:idle=60s/silent-drop/idle".
std::string cell_key(const std::string& traffic, const ScenarioHead& column, const DetectorHead& row);

/// One profile's matrix as a table, whole; each measured cell is a link to its detail.
std::string html_matrix(const Matrix&);

/// What the detail of every cell is made from, as JSON that may stand in a <script>.
std::string html_data(const Cells&);

} // namespace halfopen
