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
bool chance_decides(const TrialLine& trial) {
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
    if (chance_decides(*cell.trials.front()) && cell.right > 0)
        text += fmt::format(" (≥ {:.0f} %)", 100 * share_at_least(cell.right, cell.n()));
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

/// Where there are dozens of methods, those that say nothing of their own stand below a table, together.
constexpr size_t long_table = 24;
constexpr size_t most_listed = 6; ///< of those who are told from all others

/// What rows without a time have in common: "skipped: never writes in idle traffic".
std::string without_times(const Cell& cell) {
    if (cell.n() == 0)
        return counts(cell) + ": " + cell.why();
    return fmt::format("{}, {}predicted {}, inside {}", counts(cell),
                       cell.outcome == Outcome::quiet ? "" : silent_time(cell) + ", ", predicted_text(cell), inside(cell));
}

using AlikeCells = std::pair<std::string, std::vector<std::string>>;

/// Below a table of dozens of methods most have nothing to say: who they are follows from all the others.
std::string labels_of(const AlikeCells& alike, const std::vector<AlikeCells>& groups) {
    const bool is_largest = std::all_of(groups.begin(), groups.end(), [&](const AlikeCells& other) {
        return &other == &alike || other.second.size() < alike.second.size();
    });
    return is_largest && alike.second.size() > most_listed
               ? fmt::format("the other {} that were tried", alike.second.size())
               : joined(alike.second, "; ");
}

/// Takes out the rows without a time, and gives them as a list.
std::string folded(std::vector<LabelledCell>& cells) {
    std::vector<AlikeCells> groups;
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
    for (const AlikeCells& alike : groups)
        text += fmt::format("- *{}*: {}\n", md(alike.first), labels_of(alike, groups));
    return text.empty() ? text : text + "\n";
}

constexpr std::ptrdiff_t inside_column = 6;

bool all_inside(const std::vector<LabelledCell>& cells) {
    return std::all_of(cells.begin(), cells.end(), [](const LabelledCell& labelled) {
        return labelled.cell->n() > 0 && inside(*labelled.cell) == fmt::format("{0}/{0}", labelled.cell->n());
    });
}

std::string table(const std::string& heads, std::vector<LabelledCell> cells, bool is_long) {
    const std::string rest = is_long ? folded(cells) : "";
    const bool splits = has_splits(cells);
    const bool insides = !is_long || !all_inside(cells);
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
        if (!insides)
            parts.erase(parts.begin() + inside_column);
        // Nobody reads the source of thousands of lines, and GitHub does not show files that are too long.
        rows += !is_long ? "| " + joined(parts, " | ") + " |\n" : "|" + joined(parts, "|") + "|\n";
    }
    if (rows.empty())
        return rest;
    return "| " + heads + " | right | min | median | max | predicted |" + (insides ? " inside |" : "") +
           (splits ? " kernel + program |" : "") + " signal |\n|:--|:--|--:|--:|--:|--:|" + (insides ? ":-:|" : "") +
           (splits ? "--:|" : "") + ":--|\n" + rows + "\n" + (insides ? "" : "All of these are inside.\n\n") + rest;
}

/// The text plot; under a picture it is what the picture says to whoever does not see it.
std::string plotted(const Strip& strip, bool under_picture) {
    if (strip.empty())
        return "";
    const std::string text = code_block("text", strip_plot(strip));
    return under_picture ? "<details><summary>the picture as text</summary>\n\n" + text + "</details>\n\n" : text;
}

/// The picture first, then the numbers, then the picture as text.
std::string with_plots(const Pictures& pictures, const std::string& name, const std::string& rows, const Strip& strip) {
    const std::string picture = pictures.of(name);
    return picture + rows + plotted(strip, !picture.empty());
}

/// Where chance decides, how the times are spread; with its sentence, since it is rare.
std::string distribution(const Pictures& pictures, const std::string& name) {
    const std::string picture = pictures.of(name);
    return picture.empty() ? picture : picture + pictures.how_of(name) + "\n\n";
}

/// How the pictures are read; or why there are none, and how to have them.
std::string about_pictures(const Pictures& pictures) {
    if (!pictures.missing().empty())
        return fmt::format("*No pictures: {}. The plots in text hold the same.*\n\n", md(pictures.missing()));
    return pictures.any() ? "*In the pictures.* " + pictures.how_of_strips() + "\n\n" : "";
}

/// The picture that a reader sees without a click: the first failure that says nothing.
bool is_open(const Cells& cells, const Pictures& pictures, const std::string& traffic, const ScenarioHead& column) {
    for (const ScenarioHead& other : cells.scenarios())
        if (other.group == group_silent && pictures.has(strip_name(other, traffic)))
            return other.name == column.name && traffic == cells.traffics().front();
    return false;
}

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

std::string explanation_of_shares(const Cells& cells) {
    const auto& trials = cells.records().trials;
    return std::any_of(trials.begin(), trials.end(), chance_decides)
               ? "*(≥ 37 %)*: where chance decides and no timer, the true share of right answers is at least this, at 95 % "
                 "confidence.\n\n"
               : "";
}

std::string explanation(const Cells& cells, const Pictures& pictures, std::string_view inside_means) {
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
        "{} `o` is "
        "a trial, a digit so many of them, `#` ten or more, `[==]` the predicted window, on a "
        "logarithmic axis.\n\n",
        short_time(cells.run().horizon), inside_means, short_time(scheduling_allowance), pictures.any() ? "text plots" : "plots") +
        about_pictures(pictures) + explanation_of_splits(cells) + explanation_of_shares(cells);
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

} // namespace

std::string measured_section(const Cells& cells, const Pictures& pictures) {
    std::string out;
    const bool is_long = cells.detectors().size() > long_table;
    for (const std::string& traffic : cells.traffics())
        for (const ScenarioHead& column : cells.scenarios()) {
            const std::string rows = table("method", methods(cells, traffic, column), is_long);
            if (rows.empty())
                continue;
            out += fmt::format("<details{}><summary><b>{}</b> ({}, {} traffic)</summary>\n\n{}{}</details>\n\n",
                               is_open(cells, pictures, traffic, column) ? " open=\"\"" : "", html_text(column.label), html_text(column.name),
                               html_text(traffic), with_plots(pictures, strip_name(column, traffic), rows, strip_of(cells, traffic, column)),
                               distribution(pictures, ecdf_name(column, traffic)));
        }
    return out.empty() ? "" : explanation(cells, pictures, "the verdict came") + out;
}

std::string own_measured_section(const Cells& cells, const Pictures& pictures) {
    std::string out;
    for (const std::string& traffic : cells.traffics())
        for (const DetectorHead& row : cells.detectors()) {
            const std::vector<LabelledCell> rows = failures_of(cells, traffic, row);
            if (!rows.empty())
                out += "**" + md(own_traffic_title(traffic)) + "**\n\n" +
                       with_plots(pictures, own_strip_name(traffic), table("failure", rows, rows.size() > long_table), strip_of(rows));
        }
    return out.empty() ? "" : explanation(cells, pictures, "the server's kernel gave up") + out;
}

} // namespace halfopen
