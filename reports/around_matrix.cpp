// The words around the first matrix: the questions it raises, where it was measured, what its labels stand
// for.

#include "reports/sections.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/clock.h"
#include "reports/statistics.h"
#include "reports/text.h"

namespace halfopen {

namespace {

bool anybody_missed(const Matrix& matrix, std::string_view scenario) {
    for (const MatrixRow& row : matrix.rows)
        for (size_t i = 0; i < matrix.columns.size(); ++i)
            if (matrix.columns[i]->name == scenario && row.cells[i].mark == Mark::missed)
                return true;
    return false;
}

std::string label_of(const Matrix& matrix, std::string_view scenario) {
    for (const ScenarioHead* column : matrix.columns)
        if (column->name == scenario)
            return md(column->label);
    return "";
}

} // namespace

std::string questions(const Matrix& matrix) {
    std::string out;
    if (anybody_missed(matrix, "silent-drop"))
        out += fmt::format(
            "> **Why silence?** A pulled plug or a router that drops everything (*{}*) is no event for "
            "the other end: no packet comes, so nothing can return. Somebody must ask (laws 4, 5) or "
            "be owed an answer (user timeout).\n",
            label_of(matrix, "silent-drop"));
    if (anybody_missed(matrix, "process-stopped"))
        out += fmt::format(
            "{}> **Why not *{}*?** The client's process is frozen and its kernel is not: the kernel goes "
            "on acknowledging, so recv() has nothing to return and keepalive is content. Only a message "
            "that the process itself must answer tells. → `halfopen explain process-stopped keepalive`\n",
            out.empty() ? "" : ">\n", label_of(matrix, "process-stopped"));
    return out.empty() ? "" : out + "\n";
}

std::string machine_line(const Cells& cells) {
    std::vector<Duration> round_trips;
    for (const TrialLine& trial : cells.records().trials)
        if (is_valid(trial.outcome) && trial.situation.srtt > Duration::zero())
            round_trips.push_back(trial.situation.srtt);
    std::sort(round_trips.begin(), round_trips.end());
    const std::string rtt =
        round_trips.empty() ? "" : fmt::format(", round trip {}", say(median(round_trips)));
    const auto& runs = cells.records().runs;
    const bool one_kernel = std::all_of(
        runs.begin(), runs.end(), [&](const RunLine& run) { return run.kernel == runs.front().kernel; });
    return fmt::format(
        "{}{}. Timers count seconds and carry over to yours; {}\n\n",
        !one_kernel              ? "Several kernels in one table"
        : in_virtual_time(cells) ? "One kernel, in virtual time"
                                 : "One machine, one kernel",
        rtt, small_times_text(cells));
}

std::string names_section(const Cells& cells) {
    if (cells.traffics().empty() || cells.detectors().empty())
        return "";
    std::string out = has_glance(cells) ? "<a id=\"names\"></a>\n\n" : ""; // The glance links to it.
    out += "<details><summary>What each column and each row is</summary>\n\n";
    for (const ScenarioHead& column : cells.scenarios())
        out += fmt::format("- **{}** {}: {}\n", md(column.label), md_code(column.name), md(column.summary));
    for (const DetectorHead& row : cells.detectors())
        out += fmt::format("- **{}** {}: {}\n", md(row_name(row)), md_code(row.spec), md(row.summary));
    return out + "\n</details>\n\n";
}

} // namespace halfopen
