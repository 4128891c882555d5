// The law matrix as an HTML table.

#include "reports/html_parts.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "reports/text.h"

namespace halfopen {

namespace {

/// More do not fit beside each other on paper, even in small print.
constexpr size_t most_columns_of_a_sheet = 24;

std::string_view css_class(Mark mark) {
    switch (mark) {
    case Mark::blank: return "blank";
    case Mark::quiet: return "quiet";
    case Mark::prompt: return "noticed s0";
    case Mark::timed: return "noticed";
    case Mark::missed: return "missed";
    case Mark::misread: return "misread";
    case Mark::false_alarm: return "alarm";
    case Mark::skipped: return "skipped";
    case Mark::invalid: return "invalid";
    }
    return "";
}

/// A longer wait is a weaker colour; the number says it too.
std::string_view strength(Duration slowest) {
    using namespace std::chrono_literals;
    return slowest < 1s ? " s1" : slowest < 1min ? " s2" : " s3";
}

std::string shown(const MatrixCell& cell) {
    switch (cell.mark) {
    case Mark::blank: return "";
    case Mark::quiet: return "–";
    case Mark::prompt: return "✓";
    case Mark::timed: return short_time(cell.slowest);
    case Mark::missed: return cell.predicted ? fmt::format("✗ [{}]", far_time(*cell.predicted)) : "✗";
    case Mark::misread: return "≠";
    case Mark::false_alarm: return "!";
    case Mark::skipped: return "n/a";
    case Mark::invalid: return "?";
    }
    return "";
}

std::string_view in_words_of(Mark mark) {
    switch (mark) {
    case Mark::quiet: return "rightly quiet";
    case Mark::prompt: return "noticed at once";
    case Mark::timed: return "noticed";
    case Mark::missed: return "not noticed";
    case Mark::misread: return "half-closed, called dead";
    case Mark::false_alarm: return "alive, called dead";
    case Mark::skipped: return "not run";
    case Mark::invalid: return "invalid";
    case Mark::blank: break;
    }
    return "";
}

std::string cell_html(const Matrix& matrix, const MatrixRow& row, size_t i) {
    const MatrixCell& cell = row.cells[i];
    const ScenarioHead& column = *matrix.columns[i];
    if (cell.mark == Mark::blank)
        return fmt::format("<td class=\"blank\" data-g=\"{}\"></td>", html_text(column.group));
    std::string text = shown(cell);
    if (cell.cell->mixed())
        text += fmt::format(" {}/{}", cell.cell->right, cell.cell->n());
    std::string attributes;
    if (cell.cell->n() > 0 && is_right(cell.cell->outcome))
        attributes += " data-right";
    if (cell.mark == Mark::prompt || cell.mark == Mark::timed)
        attributes += fmt::format(" data-ns=\"{}\"", cell.slowest.count());
    // Whoever speaks to the page says what he reads (WCAG 2.5.3), so words and numbers stand in the link's name too.
    const bool has_words = std::any_of(text.begin(), text.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)); });
    return fmt::format("<td class=\"{}{}\" data-g=\"{}\"{}><a href=\"#cell={}\" aria-label=\"{}, {}: {}{}\">{}</a></td>",
                       css_class(cell.mark), cell.mark == Mark::timed ? strength(cell.slowest) : "", html_text(column.group),
                       attributes, html_text(cell_key(matrix.traffic, column, *row.head)), html_text(row_name(*row.head)),
                       html_text(column.label), in_words_of(cell.mark), html_text(has_words ? ", " + text : ""),
                       html_text(text));
}

/// Groups of columns and their names, above the columns.
std::string column_heads(const Matrix& matrix) {
    std::string groups = "<tr><td></td>", names = "<tr><th scope=\"col\">method</th>";
    for (size_t i = 0; i < matrix.columns.size();) {
        size_t end = i;
        while (end < matrix.columns.size() && matrix.columns[end]->group == matrix.columns[i]->group)
            ++end;
        groups += fmt::format("<th scope=\"colgroup\" colspan=\"{}\" data-g=\"{}\">{}</th>", end - i,
                              html_text(matrix.columns[i]->group), html_text(matrix.columns[i]->group));
        for (; i < end; ++i)
            names += fmt::format("<th scope=\"col\" data-g=\"{}\"><abbr title=\"{}\">{}</abbr></th>",
                                 html_text(matrix.columns[i]->group),
                                 html_text(matrix.columns[i]->name + ": " + matrix.columns[i]->summary),
                                 html_text(matrix.columns[i]->label));
    }
    return "<thead>" + groups + "<td></td></tr>\n" + names + "<th scope=\"col\">right</th></tr></thead>\n";
}

std::string row_kind(const DetectorHead& head) {
    return head.law ? "law" : head.is_helped() ? "helped" : "other";
}

} // namespace

std::string cell_key(const std::string& traffic, const ScenarioHead& column, const DetectorHead& row) {
    return row.spec + "/" + column.name + "/" + traffic;
}

std::string html_matrix(const Matrix& matrix) {
    std::string rows;
    int law = -1;
    for (const MatrixRow& row : matrix.rows) {
        rows += fmt::format("<tr class=\"{}{}\"><th scope=\"row\">{}<span title=\"{}\">{}</span></th>", row_kind(*row.head),
                            row.head->law != law ? " first" : "",
                            row.head->law ? fmt::format("<b>{}</b> ", row.head->law) : "", html_text(row.head->summary),
                            html_text(row_name(*row.head)));
        law = row.head->law;
        for (size_t i = 0; i < row.cells.size(); ++i)
            rows += cell_html(matrix, row, i);
        rows += row.measured ? fmt::format("<td class=\"right\">{}/{}</td></tr>\n", row.right, row.measured)
                             : "<td class=\"right\">not run</td></tr>\n";
    }
    std::vector<std::string> claims;
    for (const std::string& claim : legend(matrix, [](Mark mark) {
             MatrixCell example;
             example.mark = mark;
             return shown(example);
         }, md))
        claims.push_back(html_text(plain(claim)));
    return fmt::format("<section class=\"profile{5}\" data-traffic=\"{0}\">\n<h2>{1}</h2>\n"
                       "<div class=\"scroll\" tabindex=\"0\"><table class=\"matrix\"><caption>{2}</caption>\n{3}<tbody>\n{4}"
                       "</tbody></table></div>\n</section>\n",
                       html_text(matrix.traffic), html_text(traffic_title(matrix.traffic)), joined(claims, " · "),
                       column_heads(matrix), rows, matrix.columns.size() > most_columns_of_a_sheet ? " wide" : "");
}

} // namespace halfopen
