#include "reports/summary.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "reports/findings.h"
#include "reports/markdown.h"
#include "reports/sections.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr std::string_view whole_report = "*More: `halfopen report FOLDER`, or `report.html` beside the records.*\n";

/// The rows of the laws, and those of other methods only where there is no law.
std::string laws_table(const Cells& cells) {
    Matrix matrix = make_matrix(cells, cells.traffics().front());
    const auto is_law = [](const MatrixRow& row) { return row.head->law > 0; };
    if (std::none_of(matrix.rows.begin(), matrix.rows.end(), is_law))
        return "";
    std::erase_if(matrix.rows, [&](const MatrixRow& row) { return !is_law(row); });
    std::string out = fmt::format("**{}**; only the laws\n\n", md(traffic_title(matrix.traffic)));
    for (const Matrix& part : parts_of(matrix))
        out += matrix_table(part, !cells.untrustworthy());
    return out;
}

} // namespace

std::string summary_report(const Records& records) {
    const Cells cells(records);
    if (cells.run().server) {
        const std::string whole = markdown_report(records);
        return whole.size() <= most_of_summary ? whole : whole.substr(0, whole.rfind("\n## ", most_of_summary) + 1) + std::string(whole_report);
    }
    if (nothing_was_run(cells))
        return markdown_report(records);
    std::string out = fmt::format("# {}\n\n", md(report_title(cells))) + headline_lines(cells) + partial_line(cells);
    const auto add = [&](const std::string& section) {
        if (out.size() + section.size() + whole_report.size() > most_of_summary)
            return false;
        out += section;
        return true;
    };
    add(trust_lines(cells));
    if (!cells.traffics().empty() && !cells.detectors().empty()) {
        if (!add(has_glance(cells) ? glance_section(cells, false) : matrix_section(cells)))
            add(laws_table(cells));
        add(control_line(cells));
        add(further_matrices(cells));
    }
    add(meaning_section(cells));
    add(false_alarm_section(cells));
    add(never_noticed_section(cells));
    return out + std::string(whole_report);
}

} // namespace halfopen
