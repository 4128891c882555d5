// What was not noticed and why, and what was called dead wrongly.

#include "reports/sections.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "reports/text.h"
#include "reports/units.h"

namespace halfopen {

namespace {

using Heads = std::vector<const DetectorHead*>;

/// Failures that the same rows missed for the same reason.
struct Silence {
    std::vector<std::string> columns;
    Heads rows;
    std::string rule;
};

const TrialLine& first_missed(const Cell& cell) {
    return **std::find_if(cell.valid.begin(), cell.valid.end(),
                          [](const TrialLine* trial) { return trial->outcome == Outcome::missed; });
}

std::string reason_of(const Cell& cell) {
    const TrialLine& trial = first_missed(cell);
    const std::string rule = trial.predicted.rule.empty() ? "no rule is recorded" : trial.predicted.rule;
    if (const auto later = cell.predicted_beyond())
        return fmt::format("not before {}: {}", say(*later), rule);
    if (trial.predicted.kind == "never")
        return rule;
    return trial.predicted.kind == "window" ? "against its prediction: " + rule : "open: " + rule;
}

/// Groups by reason within each failure, then joins failures whose groups are the same.
std::vector<Silence> silences(const Cells& cells, const std::string& traffic) {
    std::vector<Silence> all;
    for (const ScenarioHead& column : cells.scenarios()) {
        std::vector<Silence> here;
        for (const DetectorHead& row : cells.detectors()) {
            const Cell* cell = cells.find(traffic, column.name, row.spec);
            if (!cell || cell->outcome != Outcome::missed)
                continue;
            const std::string rule = reason_of(*cell);
            const auto same =
                std::find_if(here.begin(), here.end(), [&](const Silence& s) { return s.rule == rule; });
            if (same == here.end())
                here.push_back({{column.label}, {&row}, rule});
            else
                same->rows.push_back(&row);
        }
        for (const Silence& silence : here) {
            const auto same = std::find_if(all.begin(), all.end(), [&](const Silence& other) {
                return other.rule == silence.rule && other.rows == silence.rows;
            });
            if (same == all.end())
                all.push_back(silence);
            else
                same->columns.push_back(column.label);
        }
    }
    return all;
}

/// "FIN, RST", or "all but crash" where that is much shorter.
std::string columns_text(const std::vector<std::string>& columns, const std::vector<std::string>& failures) {
    if (columns.size() < 12)
        return joined(columns, ", ");
    std::vector<std::string> others;
    for (const std::string& failure : failures)
        if (std::find(columns.begin(), columns.end(), failure) == columns.end())
            others.push_back(failure);
    if (others.empty())
        return fmt::format("all {} failures", columns.size());
    return others.size() * 2 < columns.size() ? fmt::format("all {} failures but {}", failures.size(), list_of(others))
                                              : joined(columns, ", ");
}

/// The failures that anybody was tried against.
std::vector<std::string> failures_in(const Cells& cells, const std::string& traffic) {
    std::vector<std::string> labels;
    for (const ScenarioHead* column : make_matrix(cells, traffic).columns)
        if (column->truth != Truth::alive)
            labels.push_back(column->label);
    return labels;
}

Heads rows_in(const Cells& cells, const std::string& traffic) {
    Heads rows;
    for (const MatrixRow& row : make_matrix(cells, traffic).rows)
        rows.push_back(row.head);
    return rows;
}

/// One line for each wrong verdict of a row, with all scenarios in which it happened the same way.
std::vector<std::string> wrong_verdicts(const Cells& cells, const std::string& traffic) {
    std::vector<std::string> lines;
    for (const DetectorHead& row : cells.detectors()) {
        std::map<std::string, std::vector<std::string>> by_reason;
        std::vector<std::string> order;
        for (const ScenarioHead& column : cells.scenarios()) {
            const Cell* cell = cells.find(traffic, column.name, row.spec);
            if (!cell || (cell->outcome != Outcome::false_alarm && cell->outcome != Outcome::misread))
                continue;
            const bool misread = cell->outcome == Outcome::misread;
            const bool early = !misread && column.truth != Truth::alive;
            const std::string reason =
                fmt::format("{} | {} | {}",
                            misread ? "half-closed"
                            : early ? "not yet broken"
                                    : "alive",
                            md(cell->signal()), md(cell->valid.front()->predicted.rule));
            if (by_reason[reason].empty())
                order.push_back(reason);
            by_reason[reason].push_back(
                fmt::format("{} {}/{}", md(column.label), cell->n() - cell->right, cell->n()));
        }
        for (const std::string& reason : order)
            lines.push_back(fmt::format("| {} | {} | {} |\n", md(row_name(row)),
                                        joined(by_reason[reason], ", "), reason));
    }
    return lines;
}

} // namespace

std::string never_noticed_section(const Cells& cells) {
    std::string out;
    for (const std::string& traffic : cells.traffics()) {
        const auto all = silences(cells, traffic);
        if (all.empty())
            continue;
        out += fmt::format("**{}**\n\n| failure | not noticed by | why, by the rule |\n|:--|:--|:--|\n",
                           md(traffic_title(traffic)));
        const Heads rows = rows_in(cells, traffic);
        const std::vector<std::string> failures = failures_in(cells, traffic);
        for (const Silence& silence : all)
            out += fmt::format("| {} | {} | {} |\n", md(columns_text(silence.columns, failures)),
                               md(rows_text(silence.rows, rows)), md(silence.rule));
        out += "\n";
    }
    if (out.empty())
        return "";
    return fmt::format("## Never noticed\n\nNever means: not {}. Where the rule names a later moment, it "
                       "stands first. "
                       "A rule was stored before its outcome was known. One cell timer by timer: "
                       "`halfopen explain SCENARIO DETECTOR`.\n\n",
                       watched_text(cells)) +
           out;
}

std::string false_alarm_section(const Cells& cells) {
    if (cells.detectors().empty())
        return "";
    std::string out = "## False alarms\n\n";
    bool any = false;
    for (const std::string& traffic : cells.traffics()) {
        const auto lines = wrong_verdicts(cells, traffic);
        if (lines.empty())
            continue;
        any = true;
        out += fmt::format(
            "**{}**\n\n| who | called dead in (trials) | the client was | by | why, by the rule |\n"
            "|:--|:--|:--|:--|:--|\n{}\n",
            md(traffic_title(traffic)), joined(lines, ""));
    }
    return out + (any ? "" : "None: nobody called a client dead that was not dead.\n\n") + accuracy_part(cells) +
           "\n";
}

} // namespace halfopen
