// The first table of a report with dozens of methods, in Markdown.

#include <fmt/format.h>

#include "reports/glance.h"
#include "reports/sections.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::string glance_line(const std::vector<std::string>& cells) { return "| " + joined(cells, " | ") + " |\n"; }

std::string named_failures(const std::vector<const ScenarioHead*>& heads) {
    std::vector<std::string> labels;
    for (const ScenarioHead* head : heads)
        labels.push_back("*" + md(head->label) + "*");
    return joined(labels, ", ");
}

std::string marks_text(const ClassCell& cell) {
    std::string text;
    for (const Mark mark : cell.marks)
        text += markdown_glyph(mark);
    return text;
}

/// "5.9 s"; "4.9 s, ✗ *hung*" where the wrong ones are few; "14/24, 8 s, ✗"; "✗" where none is right.
std::string class_text(const FailureClass& failures, const ClassCell& cell) {
    if (cell.measured == 0)
        return markdown_glyph(Mark::skipped);
    if (cell.right == 0)
        return marks_text(cell);
    const bool alive = failures.truth == Truth::alive, named = cell.wrong.size() <= most_named;
    const std::string right = cell.slowest > Duration::zero() ? short_time(cell.slowest)
                                                               : markdown_glyph(alive ? Mark::quiet : Mark::prompt);
    if (cell.wrong.empty())
        return right;
    const std::string wrong = marks_text(cell) + (named ? " " + named_failures(cell.wrong) : "");
    if (named)
        return alive ? wrong : right + ", " + wrong;
    return fmt::format("{}/{}, {}{}", cell.right, cell.measured, cell.slowest > Duration::zero() ? right + ", " : "", wrong);
}

std::string class_name(const FailureClass& failures) {
    return fmt::format("{} ({})", name(failures.truth), failures.columns.size());
}

std::string glance_head(const Glance& glance) {
    std::vector<std::string> names{"law", "method"}, rule{":--", ":--"}, groups{"", "*the client*"};
    std::string group;
    for (const FailureClass& failures : glance.classes) {
        names.push_back(class_name(failures));
        rule.push_back(failures.group == group_silent ? "--:" : ":-:");
        groups.push_back(failures.group == group ? "" : "*" + md(failures.group) + "*");
        group = failures.group;
    }
    names.emplace_back("right");
    rule.emplace_back("--:");
    groups.emplace_back("");
    return glance_line(names) + "|" + joined(rule, "|") + "|\n" + glance_line(groups);
}

std::string family_title(const GlanceRow& row) {
    if (row.members == 1)
        return "*" + md(row.family) + "*";
    return fmt::format("*{}* ({}{})", md(row.family), row.members,
                       row.not_run ? fmt::format(", {} not run", row.not_run) : "");
}

std::string method_text(const GlanceRow& row) {
    const std::string others = row.alike ? fmt::format(" and {} alike", row.alike) : "";
    const std::string_view standing = row.standing == Standing::best ? "best: " : row.standing == Standing::worst ? "worst: " : "";
    return fmt::format("{}{}{}", standing, md(row_name(*row.row->head)), others);
}

std::string row_title(const GlanceRow& row, const GlanceRow* before) {
    if (row.standing != Standing::law)
        return row.standing == Standing::worst ? "" : family_title(row);
    return before && before->law == row.law ? "" : fmt::format("**{}** {}", row.law, md(law_title(row.law)));
}

/// What the classes hold, by their labels.
std::string class_list(const Matrix& matrix, const Glance& glance, bool linked) {
    std::string out = fmt::format("The scenarios by their labels{}:\n\n", linked ? " ([what each of them is](#names))" : "");
    for (const FailureClass& failures : glance.classes) {
        std::vector<std::string> labels;
        for (const size_t i : failures.columns)
            labels.push_back(md(matrix.columns[i]->label));
        out += fmt::format("- *{}*, {}: {}\n", md(failures.group), class_name(failures), joined(labels, ", "));
    }
    return out + "\n";
}

std::string glance_table(const Glance& glance) {
    std::string out = glance_head(glance);
    const GlanceRow* before = nullptr;
    for (const GlanceRow& row : glance.rows) {
        std::vector<std::string> cells{row_title(row, before), method_text(row)};
        for (size_t i = 0; i < row.cells.size(); ++i)
            cells.push_back(class_text(glance.classes[i], row.cells[i]));
        cells.push_back(right_text(*row.row));
        out += glance_line(cells);
        before = &row;
    }
    return out + "\n";
}

} // namespace

bool has_glance(const Cells& cells) {
    return !cells.traffics().empty() && needs_glance(cells, make_matrix(cells, cells.traffics().front()));
}

std::string glance_section(const Cells& cells, bool linked) {
    if (!has_glance(cells))
        return "";
    const Matrix matrix = make_matrix(cells, cells.traffics().front());
    const Glance glance = glance_of(cells, matrix);
    return fmt::format("**{}**: {} methods, {} scenarios, at a glance\n\n", md(traffic_title(matrix.traffic)), matrix.rows.size(),
                       matrix.columns.size()) +
           glance_table(glance) + joined(glance_legend(matrix, glance, markdown_glyph), " · ") + "\n\n" +
           class_list(matrix, glance, linked);
}

} // namespace halfopen
