#include "reports/shared_cells.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/html_parts.h"
#include "reports/matrix.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::string table_line(const std::vector<std::string>& cells) { return "| " + joined(cells, " | ") + " |\n"; }

std::string mark(Difference difference) {
    switch (difference) {
    case Difference::none: return "";
    case Difference::no_window: return "no window";
    case Difference::short_watch: return "short watch";
    case Difference::time: return "**time**";
    case Difference::signal: return "**signal**";
    case Difference::outcome: return "**outcome**";
    }
    return "";
}

/// "noticed 2/3 after 75.9-77.4 s", the times of all trials that ended so.
std::string outcome_text(const Cell& cell, Outcome outcome) {
    std::vector<Duration> times;
    std::set<std::string> signals;
    Duration watched{0};
    int count = 0;
    for (const TrialLine* trial : cell.valid) {
        if (trial->outcome != outcome)
            continue;
        ++count;
        watched = std::max(watched, trial->horizon);
        if (trial->noticed_after)
            times.push_back(*trial->noticed_after);
        if (trial->verdict)
            signals.insert(md(trial->signal));
    }
    if (count == 0)
        return "";
    const std::string text = fmt::format("{} {}/{}", name(outcome), count, cell.n());
    if (times.empty())
        return fmt::format("{}{} {}", text, outcome == Outcome::missed ? ", not within" : " in",
                           short_time(watched));
    const auto [first, last] = std::minmax_element(times.begin(), times.end());
    return fmt::format("{} after {} ({})", text, time_range(*first, *last),
                       list_of({signals.begin(), signals.end()}));
}

std::string cell_text(const Cell* cell) {
    if (!cell)
        return "";
    std::vector<std::string> parts;
    for (const Outcome outcome :
         {Outcome::false_alarm, Outcome::misread, Outcome::missed, Outcome::noticed, Outcome::quiet})
        if (const std::string text = outcome_text(*cell, outcome); !text.empty())
            parts.push_back(text);
    const auto outside = std::count_if(cell->valid.begin(), cell->valid.end(), [](const TrialLine* trial) {
        return compare(*trial) == Agreement::outside;
    });
    return joined(parts, "; ") + (outside ? fmt::format("; {} outside its prediction", outside) : "");
}

/// The plan's window once, or for each run where their rules give different ones.
std::string planned(const Comparison& all, const SharedCell& shared) {
    std::vector<std::string> texts;
    std::set<std::string> different;
    for (size_t i = 0; i < shared.cells.size(); ++i)
        if (const Cell* cell = shared.cells[i]) {
            const std::string text = predicted_text(*cell, &TrialLine::planned);
            different.insert(text);
            texts.push_back(fmt::format("{}: {}", md(all.names()[i]), text));
        }
    return different.size() == 1 ? *different.begin() : joined(texts, "; ");
}

std::string row(const Comparison& all, const SharedCell& shared, std::vector<std::string> parts) {
    parts.push_back(md(row_name(*shared.row)));
    for (const Cell* cell : shared.cells)
        parts.push_back(cell_text(cell));
    parts.insert(parts.end(), {planned(all, shared), mark(shared.difference)});
    return table_line(parts);
}

/// Of one method in one run, where each cell stands: in all runs or in some.
struct Coverage {
    std::map<std::string, std::vector<std::string>> only_some; ///< labels of failures by profile
    bool any_in_all = false;
};

/// Methods of which this run has cells that another lacks: "poll" where none is in all runs, else "poll
/// (idle: FIN; one-write: drop)".
std::vector<std::string> unshared(const Comparison& all, size_t run) {
    std::map<const DetectorHead*, Coverage> rows; // pointers into one vector: in the order of the rows
    for (const SharedCell& cell : all.cells())
        if (cell.in_all())
            rows[cell.row].any_in_all = true;
        else if (cell.cells[run])
            rows[cell.row].only_some[*cell.traffic].push_back(md(cell.column->label));
    std::vector<std::string> methods;
    for (const auto& [row, coverage] : rows) {
        std::vector<std::string> parts;
        for (const auto& [traffic, labels] : coverage.only_some)
            parts.push_back(traffic + ": " + joined(labels, ", "));
        if (!parts.empty())
            methods.push_back(md(row_name(*row)) +
                              (coverage.any_in_all ? fmt::format(" ({})", joined(parts, "; ")) : ""));
    }
    return methods;
}

} // namespace

std::string table_head(const Comparison& all, std::vector<std::string> before,
                       const std::vector<std::string>& after) {
    for (const std::string& name : all.names())
        before.push_back(md(name));
    before.insert(before.end(), after.begin(), after.end());
    std::string rule;
    for (size_t i = 0; i < before.size(); ++i)
        rule += "|:--";
    return table_line(before) + rule + "|\n";
}

std::string difference_table(const Comparison& all) {
    std::string rows;
    for (const SharedCell& shared : all.cells())
        if (shared.in_all() && differs(shared.difference))
            rows += row(all, shared, {*shared.traffic, md(shared.column->label)});
    return rows.empty()
               ? ""
               : table_head(all, {"traffic", "failure", "method"}, {"predicted", "differs in"}) + rows + "\n";
}

std::string profile_tables(const Comparison& all) {
    std::string out;
    for (const std::string& traffic : all.together().traffics()) {
        std::string rows;
        const ScenarioHead* column = nullptr;
        int count = 0;
        int differing = 0;
        for (const SharedCell& shared : all.cells()) {
            if (*shared.traffic != traffic || !shared.in_all())
                continue;
            rows += row(all, shared, {shared.column == column ? "" : md(shared.column->label)});
            column = shared.column;
            ++count;
            differing += differs(shared.difference) ? 1 : 0;
        }
        if (count > 0)
            out += fmt::format("<details><summary><b>{}</b>: {}, {}</summary>\n\n{}{}\n</details>\n\n",
                               html_text(traffic_title(traffic)), counted(count, "cell"),
                               differing == 0   ? "none of them differs"
                               : differing == 1 ? "one of them differs"
                                                : in_words(differing) + " of them differ",
                               table_head(all, {"failure", "method"}, {"predicted", "differs in"}), rows);
    }
    return out;
}

std::string unshared_cells(const Comparison& all) {
    std::string out;
    for (size_t run = 0; run < all.names().size(); ++run)
        if (const auto methods = unshared(all, run); !methods.empty())
            out += fmt::format("- **{}**: {}\n", md(all.names()[run]), joined(methods, "; "));
    return out;
}

} // namespace halfopen
