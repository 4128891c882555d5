// The law matrix in Markdown.

#include "reports/sections.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "reports/text.h"
#include "reports/units.h"

namespace halfopen {

namespace {

constexpr std::array<std::string_view, 3> raised{"", "¹", "²"};

std::string note_of(const Matrix& matrix, Surprise surprise) {
    const auto at = std::find(matrix.surprises.begin(), matrix.surprises.end(), surprise);
    return at == matrix.surprises.end()
               ? ""
               : std::string(raised[static_cast<size_t>(at - matrix.surprises.begin()) + 1]);
}

std::string line(const std::vector<std::string>& cells) { return "| " + joined(cells, " | ") + " |\n"; }

/// Names of columns, the rule below them, and the groups that they form.
std::string head(const Matrix& matrix, const std::string& first, bool two_names, bool with_right) {
    std::vector<std::string> names{first};
    std::vector<std::string> rule{":--"};
    std::vector<std::string> groups{two_names ? "" : "*the client*"};
    if (two_names) {
        names.push_back("method");
        rule.push_back(":--");
        groups.push_back("*the client*");
    }
    std::string group;
    for (const ScenarioHead* column : matrix.columns) {
        names.push_back(md(column->label));
        rule.push_back(column->group == group_silent ? "--:" : ":-:");
        groups.push_back(column->group == group || column->group.empty() ? ""
                                                                         : "*" + md(column->group) + "*");
        group = column->group;
    }
    if (with_right) {
        names.push_back("right");
        rule.push_back("--:");
        groups.push_back("");
    }
    return line(names) + "|" + joined(rule, "|") + "|\n" + line(groups);
}

std::string legend_text(const Matrix& matrix) {
    std::vector<std::string> parts = legend(matrix, markdown_glyph, md);
    for (const MatrixRow& row : matrix.rows)
        if (std::any_of(row.cells.begin(), row.cells.end(),
                        [](const MatrixCell& cell) { return cell.lost; })) {
            parts.push_back("**bold** noticed in the first table, not here");
            break;
        }
    std::string text = joined(parts, " · ");
    for (const Surprise surprise : matrix.surprises)
        text += "\\\n" + note_of(matrix, surprise) + " " + surprise_text(surprise);
    return text + "\n\n";
}

/// Folded until somebody asks for it. `text` ends with an empty line.
std::string details(const std::string& summary, const std::string& text) {
    return fmt::format("<details><summary>{}</summary>\n\n{}</details>\n\n", summary, text);
}

/// Rows that noticed in the first profile and not here, together where they missed the same by the same rule.
std::string lost_text(const Cells& cells, const Matrix& matrix) {
    std::vector<std::pair<std::string, std::vector<const DetectorHead*>>> groups;
    std::vector<const DetectorHead*> all;
    for (const MatrixRow& row : matrix.rows) {
        all.push_back(row.head);
        std::vector<std::string> labels;
        std::string rule;
        for (size_t i = 0; i < matrix.columns.size(); ++i)
            if (row.cells[i].lost) {
                labels.push_back(md(matrix.columns[i]->label));
                rule = rule.empty() ? row.cells[i].cell->valid.front()->predicted.rule : rule;
            }
        if (labels.empty())
            continue;
        const std::string text = list_of(labels) + (rule.empty() ? "." : ": " + md(rule));
        const auto same =
            std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == text; });
        if (same == groups.end())
            groups.push_back({text, {row.head}});
        else
            same->second.push_back(row.head);
    }
    std::string out;
    for (const auto& [text, rows] : groups)
        out += fmt::format("- **{}** no longer noticed {}\n", md(opening(rows_text(rows, all))), text);
    return out.empty()
               ? ""
               : fmt::format("Noticed with {} traffic, and not here:\n\n{}\n", md(cells.traffics().front()), out);
}

} // namespace

std::string markdown_glyph(Mark mark) {
    switch (mark) {
    case Mark::quiet: return "–";
    case Mark::prompt: return "✓";
    case Mark::missed: return "✗";
    case Mark::misread: return "≠";
    case Mark::false_alarm: return "**!**";
    case Mark::skipped: return "n/a";
    case Mark::invalid: return "?";
    case Mark::blank: return "(blank)";
    case Mark::timed: break;
    }
    return "";
}

std::string markdown_cell(const Matrix& matrix, const MatrixCell& cell) {
    if (cell.mark == Mark::blank)
        return "";
    std::string text = cell.mark == Mark::timed ? short_time(cell.slowest) : markdown_glyph(cell.mark);
    if (cell.mark == Mark::missed && cell.predicted)
        text += fmt::format(" [{}]", far_time(*cell.predicted));
    if (cell.lost)
        text = "**" + text + "**";
    text += note_of(matrix, cell.surprise);
    if (cell.cell->mixed())
        text += fmt::format(" {}/{}", cell.cell->right, cell.cell->n());
    return text;
}

std::string right_text(const MatrixRow& row) {
    return row.measured ? fmt::format("{}/{}", row.right, row.measured) : "*not run*";
}

std::string matrix_table(const Matrix& matrix, bool with_right) {
    std::string out = head(matrix, "law", true, with_right);
    int law = -1;
    for (const MatrixRow& row : matrix.rows) {
        const std::string title = row.head->law
                                      ? fmt::format("**{}** {}", row.head->law, md(law_title(row.head->law)))
                                      : "*other methods*";
        std::vector<std::string> cells{row.head->law == law ? "" : title, md(row_name(*row.head))};
        law = row.head->law;
        for (const MatrixCell& cell : row.cells)
            cells.push_back(markdown_cell(matrix, cell));
        if (with_right)
            cells.push_back(right_text(row));
        out += line(cells);
    }
    return out + "\n";
}

std::string compact_table(const Matrix& matrix) {
    std::vector<std::pair<std::vector<std::string>, std::vector<const DetectorHead*>>> groups;
    std::vector<const DetectorHead*> all;
    for (const MatrixRow& row : matrix.rows) {
        std::vector<std::string> cells;
        for (const MatrixCell& cell : row.cells)
            cells.push_back(markdown_cell(matrix, cell));
        const auto same =
            std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == cells; });
        if (same == groups.end())
            groups.push_back({cells, {row.head}});
        else
            same->second.push_back(row.head);
        all.push_back(row.head);
    }
    std::string out = head(matrix, "law or method", false, false);
    for (auto& [cells, rows] : groups) {
        cells.insert(cells.begin(), md(rows_text(rows, all)));
        out += line(cells);
    }
    return out + "\n";
}

std::string matrix_section(const Cells& cells) {
    if (cells.traffics().empty() || cells.detectors().empty())
        return "";
    const Matrix matrix = make_matrix(cells, cells.traffics().front());
    if (matrix.rows.empty())
        return "";
    if (has_glance(cells))
        return glance_section(cells) + questions(matrix) + machine_line(cells) +
               details(fmt::format("Every method and every scenario ({}); those that agree stand together",
                                   matrix.traffic),
                       whole_matrix(matrix) + legend_text(matrix));
    std::string out = fmt::format("**{}**\n\n", md(traffic_title(matrix.traffic)));
    for (const Matrix& part : parts_of(matrix))
        out += matrix_table(part, !cells.untrustworthy());
    return out + legend_text(matrix) + questions(matrix) + machine_line(cells);
}

std::string further_matrices(const Cells& cells) {
    std::string out;
    const bool fold = has_glance(cells);
    for (size_t i = 1; i < cells.traffics().size(); ++i) {
        const Matrix matrix = make_matrix(cells, cells.traffics()[i]);
        if (matrix.rows.empty())
            continue;
        const std::string title = md(traffic_title(matrix.traffic));
        if (fold) {
            out += fmt::format("**{}**\n\n{}", title, lost_text(cells, matrix)) +
                   details(fmt::format("{} methods, {} scenarios; those that agree stand together", matrix.rows.size(),
                                       matrix.columns.size()),
                           whole_matrix(matrix) + legend_text(matrix));
            continue;
        }
        out += fmt::format("**{}**; rows that agree stand together\n\n", title);
        for (const Matrix& part : parts_of(matrix))
            out += compact_table(part);
        out += legend_text(matrix) + lost_text(cells, matrix);
    }
    return out;
}

} // namespace halfopen
