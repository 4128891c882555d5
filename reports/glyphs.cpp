#include "reports/glyphs.h"

#include <fmt/format.h>

#include "reports/text.h"

namespace halfopen {

std::string terminal_glyph(Mark mark, bool ascii) {
    switch (mark) {
    case Mark::quiet: return ascii ? "-" : "–";
    case Mark::prompt: return ascii ? "ok" : "✓";
    case Mark::missed: return ascii ? "X" : "✗";
    case Mark::misread: return ascii ? "#" : "≠";
    case Mark::false_alarm: return "!";
    case Mark::skipped: return "n/a";
    case Mark::invalid: return "?";
    case Mark::blank: return "(blank)";
    case Mark::timed: break;
    }
    return "";
}

std::string_view ansi_colour(Mark mark) {
    switch (mark) {
    case Mark::prompt:
    case Mark::timed: return "36";         // cyan
    case Mark::missed: return "1;31";      // bold red
    case Mark::false_alarm: return "1;35"; // bold magenta
    case Mark::misread: return "35";       // magenta
    default: return "2";                   // dim
    }
}

std::string terminal_cell(const MatrixCell& cell, bool ascii) {
    if (cell.mark == Mark::blank)
        return cell.waiting;
    std::string text = cell.mark == Mark::timed ? tiny_time(cell.slowest) : terminal_glyph(cell.mark, ascii);
    if (cell.cell->mixed())
        text += fmt::format("{}/{}", cell.cell->right, cell.cell->n());
    else if (cell.mark == Mark::missed && cell.predicted)
        text += "[]";
    return text;
}

} // namespace halfopen
