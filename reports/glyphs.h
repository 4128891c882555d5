#pragma once
// How a terminal spells what a cell of the matrix claims.

#include <string>
#include <string_view>

#include "reports/matrix.h"

namespace halfopen {

/// "✗", or "X" where only ASCII is wanted. Empty for a time, which spells itself.
std::string terminal_glyph(Mark, bool ascii);
/// The parameters of an ANSI colour sequence. Chosen to differ for every kind of colour vision; never the
/// only sign.
std::string_view ansi_colour(Mark);
/// A cell in about four columns: "77s", "✗[]" for a prediction beyond the horizon, "✗2/3" for a mixed cell.
std::string terminal_cell(const MatrixCell&, bool ascii);

} // namespace halfopen
