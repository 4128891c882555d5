#include "reports/summary.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "reports/findings.h"
#include "reports/own_server.h"
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

/// Sections one after another, each where there is still room for it.
class Summary {
public:
    explicit Summary(std::string head) : text_(std::move(head)) {}
    bool add(const std::string& section) {
        const bool fits = text_.size() + section.size() + whole_report.size() <= most_of_summary;
        fits ? void(text_ += section) : void(is_cut_ = true);
        return fits;
    }
    bool is_cut() const { return is_cut_; }
    const std::string& text() const { return text_; }

private:
    std::string text_;
    bool is_cut_ = false;
};

/// The report of `try` is short, and mostly fits as a whole.
std::string own_summary(const Cells& cells) {
    const std::vector<std::string> sections = own_server_sections(cells, {}, false);
    Summary summary(sections.front());
    for (size_t i = 1; i < sections.size(); ++i)
        summary.add(sections[i]);
    return summary.text() + (summary.is_cut() ? std::string(whole_report) : "");
}

} // namespace

std::string summary_report(const Records& records) {
    const Cells cells(records);
    if (cells.run().server)
        return own_summary(cells);
    if (nothing_was_run(cells))
        return markdown_report(records);
    Summary summary(fmt::format("# {}\n\n", md(report_title(cells))) + headline_lines(cells) + partial_line(cells));
    summary.add(trust_lines(cells, false));
    if (!cells.traffics().empty() && !cells.detectors().empty()) {
        if (!summary.add(has_glance(cells) ? glance_section(cells, false) : matrix_section(cells)))
            summary.add(laws_table(cells));
        summary.add(control_line(cells));
        summary.add(further_matrices(cells));
    }
    summary.add(meaning_section(cells));
    summary.add(false_alarm_section(cells));
    summary.add(never_noticed_section(cells));
    return summary.text() + std::string(whole_report);
}

} // namespace halfopen
