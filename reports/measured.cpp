// Measured beside predicted, cell by cell: a table and a strip plot for each failure.

#include "reports/sections.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/code.h"
#include "reports/html_parts.h"
#include "reports/own_server.h"
#include "reports/statistics.h"
#include "reports/strip.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// Places where chance decides and not a timer; there the count itself is evidence, and gets its bound.
bool chance_decides(const Cell& cell) {
    const TrialLine& trial = *cell.trials.front();
    const auto begins = [](const std::string& name, std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(),
                           [&](std::string_view word) { return name.starts_with(word); });
    };
    return begins(trial.scenario, {"loss", "jitter", "reorder", "duplicate", "corrupt", "delay"}) ||
           begins(trial.detector, {"chen", "jacobson", "phi"});
}

std::string counts(const Cell& cell) {
    if (cell.n() == 0)
        return std::string(name(cell.outcome));
    std::string text = fmt::format("{}/{}", cell.right, cell.n());
    if (!is_right(cell.outcome))
        text += " " + std::string(name(cell.outcome));
    if (chance_decides(cell) && cell.right > 0)
        text += fmt::format(" (true share at least {:.0f} %)", 100 * share_at_least(cell.right, cell.n()));
    return text;
}

std::string silent_time(const Cell& cell) { return "> " + short_time(cell.valid.front()->horizon); }

/// The median with its interval from order statistics. Trials that stayed silent are slower than all others.
std::string median_text(const Cell& cell) {
    const auto spoke = static_cast<int>(cell.spoke.size());
    std::vector<Duration> all = cell.spoke;
    all.resize(cell.valid.size(), Duration::max());
    const Duration middle = median(all);
    std::string text =
        spoke * 2 > cell.n() && middle < std::chrono::hours{24} ? say(middle) : silent_time(cell);
    if (const auto ranks = median_ranks(cell.n()); ranks && spoke > 0) {
        const auto at = [&](int rank) {
            return rank <= spoke ? say(all[static_cast<size_t>(rank - 1)]) : silent_time(cell);
        };
        text += fmt::format(" [{} to {}]", at(ranks->first), at(ranks->second));
    }
    if (cell.n() >= 20 && spoke == cell.n())
        text += fmt::format(", p95 {}", say(quantile(all, 0.95)));
    return text;
}

std::vector<std::string> times(const Cell& cell) {
    if (cell.spoke.empty()) {
        const bool quiet = cell.outcome == Outcome::quiet;
        return {quiet ? "" : silent_time(cell), quiet ? "" : silent_time(cell),
                quiet ? "" : silent_time(cell)};
    }
    const bool all = cell.spoke.size() == cell.valid.size();
    return {say(cell.spoke.front()), median_text(cell), all ? say(cell.spoke.back()) : silent_time(cell)};
}

/// "3/3", or what else became of the prediction.
std::string inside(const Cell& cell) {
    int good = 0;
    int outside = 0;
    int pending = 0;
    for (const TrialLine* trial : cell.valid)
        switch (compare(*trial)) {
        case Agreement::outside: ++outside; break;
        case Agreement::beyond:
        case Agreement::open:
        case Agreement::unpredicted: ++pending; break;
        default: ++good;
        }
    if (outside > 0)
        return fmt::format("**{} outside**", outside);
    return pending > 0 ? "open" : fmt::format("{}/{}", good, cell.n());
}

/// "5.08 s + 140 us": when the server's kernel knew, and how much later the program was told, both medians of the trials
/// in which the kernel knew first; empty where nobody asked the kernel, or it did not know.
std::string split(const Cell& cell) {
    std::vector<Duration> knew, told;
    for (const TrialLine* trial : cell.valid) {
        if (trial->socket || !trial->kernel_knew_after || !trial->noticed_after)
            continue;
        const Duration at = trial->kernel_knew_after->to;
        if (at < Duration::zero() || at > *trial->noticed_after)
            continue;
        knew.push_back(at);
        told.push_back(*trial->noticed_after - at);
    }
    if (knew.empty())
        return "";
    std::sort(knew.begin(), knew.end());
    std::sort(told.begin(), told.end());
    return say(median(knew)) + " + " + say(median(told));
}

bool has_splits(const std::vector<LabelledCell>& cells) {
    return std::any_of(cells.begin(), cells.end(),
                       [](const LabelledCell& labelled) { return !split(*labelled.cell).empty(); });
}

/// In a table of dozens of rows, those that say nothing of their own stand below it, together.
constexpr size_t long_table = 24;

/// What rows without a time have in common: "skipped: never writes in idle traffic".
std::string without_times(const Cell& cell) {
    if (cell.n() == 0)
        return counts(cell) + ": " + cell.why();
    return fmt::format("{}, {}predicted {}, inside {}", counts(cell),
                       cell.outcome == Outcome::quiet ? "" : silent_time(cell) + ", ", predicted_text(cell), inside(cell));
}

/// Takes out the rows without a time, and gives them as a list.
std::string folded(std::vector<LabelledCell>& cells) {
    std::vector<std::pair<std::string, std::vector<std::string>>> groups;
    std::vector<LabelledCell> kept;
    for (const LabelledCell& labelled : cells) {
        if (!labelled.cell->spoke.empty()) {
            kept.push_back(labelled);
            continue;
        }
        const std::string same = without_times(*labelled.cell);
        auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == same; });
        if (group == groups.end())
            group = groups.insert(groups.end(), {same, {}});
        group->second.push_back(md(labelled.label));
    }
    cells = std::move(kept);
    std::string text;
    for (const auto& [same, labels] : groups)
        text += fmt::format("- *{}*: {}\n", md(same), joined(labels, "; "));
    return text.empty() ? text : text + "\n";
}

std::string table(const std::string& heads, std::vector<LabelledCell> cells) {
    const std::string rest = cells.size() > long_table ? folded(cells) : "";
    const bool splits = has_splits(cells);
    std::string rows;
    for (const auto& [label, cell] : cells) {
        std::vector<std::string> parts{md(label), counts(*cell)};
        if (cell->n() == 0) {
            parts.insert(parts.end(), {"", "", "", "", "", md(cell->why())});
        } else {
            const auto spoke = times(*cell);
            parts.insert(parts.end(), spoke.begin(), spoke.end());
            parts.insert(parts.end(), {predicted_text(*cell), inside(*cell), md(cell->signal())});
        }
        if (splits)
            parts.insert(parts.end() - 1, split(*cell));
        rows += "| " + joined(parts, " | ") + " |\n";
    }
    if (rows.empty())
        return rest;
    return "| " + heads +
           " | right | min | median | max | predicted | inside |" + (splits ? " kernel + program |" : "") +
           " signal |\n|:--|:--|--:|--:|--:|--:|:-:|" + (splits ? "--:|" : "") + ":--|\n" +
           rows + "\n" + rest;
}

std::string plotted(const std::string& strip) { return strip.empty() ? "" : code_block("text", strip); }

/// Only where it is known: it takes root and eBPF.
std::string explanation_of_splits(const Cells& cells) {
    const auto& trials = cells.records().trials;
    if (std::none_of(trials.begin(), trials.end(),
                     [](const TrialLine& trial) { return trial.kernel_knew_after && !trial.socket; }))
        return "";
    return "*kernel + program*: when the server's kernel had the client's FIN or had ended the connection, by its own "
           "stamp (eBPF), and how much later the program was told; medians. Where it is empty the kernel did not know, and "
           "the method found out by itself.\n\n";
}

std::string explanation(const Cells& cells, std::string_view inside_means) {
    return fmt::format(
        "## Measured beside predicted\n\nEvery cell, every trial. *right*: trials with the right "
        "answer. Times "
        "count from the fault to the verdict; `> {}` stands for a trial that said nothing in the "
        "time it was "
        "watched, which is never averaged away. From six trials on the median has its 95 % interval "
        "(order "
        "statistics). *inside*: {} inside the window that was stored before, with {} "
        "allowed for "
        "scheduling; *open*: the window lies beyond the watch, or no rule covers the cell. In the "
        "plots `o` is "
        "a trial, a digit so many of them, `#` ten or more, `[==]` the predicted window, on a "
        "logarithmic axis.\n\n",
        short_time(cells.run().horizon), inside_means, short_time(scheduling_allowance)) +
        explanation_of_splits(cells);
}

/// The rows of one failure: a method each.
std::vector<LabelledCell> methods(const Cells& cells, const std::string& traffic,
                                  const ScenarioHead& column) {
    std::vector<LabelledCell> rows;
    for (const DetectorHead& row : cells.detectors())
        if (const Cell* cell = cells.find(traffic, column.name, row.spec))
            rows.push_back({row_name(row), cell});
    return rows;
}

/// The rows of the one method: a failure each.
std::vector<LabelledCell> failures(const Cells& cells, const std::string& traffic, const DetectorHead& row) {
    std::vector<LabelledCell> rows;
    for (const ScenarioHead& column : cells.scenarios())
        if (const Cell* cell = cells.find(traffic, column.name, row.spec))
            rows.push_back({column.label, cell});
    return rows;
}

} // namespace

std::string measured_section(const Cells& cells) {
    std::string out;
    for (const std::string& traffic : cells.traffics())
        for (const ScenarioHead& column : cells.scenarios()) {
            const std::string rows = table("method", methods(cells, traffic, column));
            if (rows.empty())
                continue;
            out += fmt::format("<details><summary><b>{}</b> ({}, {} traffic)</summary>\n\n{}{}</details>\n\n",
                               html_text(column.label), html_text(column.name), html_text(traffic), rows,
                               plotted(strip_plot(cells, traffic, column)));
        }
    return out.empty() ? "" : explanation(cells, "the verdict came") + out;
}

std::string own_measured_section(const Cells& cells) {
    std::string out;
    for (const std::string& traffic : cells.traffics())
        for (const DetectorHead& row : cells.detectors()) {
            const std::vector<LabelledCell> rows = failures(cells, traffic, row);
            if (!rows.empty())
                out += "**" + md(own_traffic_title(traffic)) + "**\n\n" + table("failure", rows) +
                       plotted(strip_plot(rows));
        }
    return out.empty() ? "" : explanation(cells, "the server's kernel gave up") + out;
}

} // namespace halfopen
