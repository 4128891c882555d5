// What a server's author takes home: what to set, what remains unseen, what it costs. Only what was run is
// said.

#include "reports/sections.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/rowfacts.h"
#include "reports/code.h"
#include "reports/statistics.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr size_t most_gaps = 12; ///< in one sentence; the matrix has all of them

/// One row over the profiles in which it is compared with the others.
struct Score {
    const DetectorHead* head = nullptr;
    int right = 0;
    int measured = 0;
    int missing = 0;                 ///< cells of the plan without a valid trial, the skipped ones aside
    std::optional<Duration> slowest; ///< among the silent failures that it noticed
    std::vector<std::string> missed; ///< "stopped (idle)"
    std::vector<std::string> wrong;  ///< called dead and was not
    std::vector<std::string> lost;   ///< right about it here, and not with another profile's traffic
};

Score score_of(const Cells& cells, const std::vector<std::string>& traffics, const DetectorHead& row) {
    Score score;
    score.head = &row;
    score.lost = lost_elsewhere(cells, traffics, row);
    for (const std::string& traffic : traffics)
        for (const ScenarioHead& column : cells.scenarios()) {
            const Cell* cell = cells.find(traffic, column.name, row.spec);
            score.missing += !cell || cell->outcome == Outcome::invalid ? 1 : 0;
            if (!cell || cell->n() == 0)
                continue;
            ++score.measured;
            score.right += is_right(cell->outcome) ? 1 : 0;
            std::string name = fmt::format("{} ({})", column.label, traffic);
            if (cell->mixed())
                name += fmt::format(" in {} of {} trials", cell->n() - cell->right, cell->n());
            if (cell->outcome == Outcome::missed)
                score.missed.push_back(name);
            else if (!is_right(cell->outcome))
                score.wrong.push_back(name);
            if (column.group == group_silent && cell->outcome == Outcome::noticed && cell->slowest())
                score.slowest = std::max(score.slowest.value_or(Duration{0}), *cell->slowest());
        }
    return score;
}

/// Rows with the largest share of right answers, among those that were run nearly everywhere: some scenarios ask about a
/// limit, and leave out those who have none. Ties stand together.
std::vector<Score> best(const std::vector<Score>& scores) {
    int most_measured = 0;
    for (const Score& score : scores)
        most_measured = std::max(most_measured, score.measured);
    std::vector<Score> winners;
    for (const Score& score : scores) {
        if (10 * score.measured < 9 * most_measured || score.right == 0)
            continue;
        int ahead = winners.empty() ? 1 : score.right * winners.front().measured - winners.front().right * score.measured;
        if (ahead == 0)
            ahead = score.measured - winners.front().measured;
        if (ahead > 0)
            winners.clear();
        if (ahead >= 0)
            winners.push_back(score);
    }
    return winners;
}

/// The best of those that keep their answers with other traffic, as far as that was tried; the best of all where none
/// does.
std::vector<Score> advised(const std::vector<Score>& scores) {
    std::vector<Score> steady;
    std::copy_if(scores.begin(), scores.end(), std::back_inserter(steady),
                 [](const Score& score) { return score.lost.empty(); });
    std::vector<Score> winners = best(steady);
    return winners.empty() ? best(scores) : winners;
}

/// Why those with the most right answers are not all advised.
std::string not_advised(const std::vector<Score>& most_right, const std::vector<Score>& shown) {
    std::string text;
    for (const Score& score : most_right)
        if (std::none_of(shown.begin(), shown.end(), [&](const Score& other) { return other.head == score.head; }))
            text += fmt::format(" Not advised, with {} of {} right: {}, which was no longer right about {}.", score.right,
                                counted(score.measured, "cell"), md_code(score.head->spec), md(joined(score.lost, ", and ")));
    return text;
}

/// The shortest and the longest of the slowest notices.
std::optional<Window> slowest_of(const std::vector<Score>& scores) {
    std::optional<Window> span;
    for (const Score& score : scores)
        if (const auto& slow = score.slowest)
            span = span ? Window{std::min(span->from, *slow), std::max(span->to, *slow)} : Window{*slow, *slow};
    return span;
}

/// "`a` and `b` gave the right answer in 16 of 16 cells each, the slowest notice of a silent failure after 10 s".
/// Where one is right after seconds and another after hours, each has its own time.
std::string specs_and_right(const std::vector<Score>& scores) {
    const auto slowest = slowest_of(scores);
    const bool apart = slowest && slowest->to > 2 * slowest->from;
    std::vector<std::string> specs;
    for (const Score& score : scores)
        specs.push_back(md_code(score.head->spec) +
                        (apart && score.slowest ? fmt::format(" (after {})", say(*score.slowest)) : ""));
    const std::string when = !slowest ? ""
                             : apart  ? ", in brackets the slowest notice of a silent failure"
                                      : ", the slowest notice of a silent failure after " + say(slowest->to);
    return fmt::format("{} gave the right answer in {} of {}{}{}", list_of(specs), scores.front().right,
                       counted(scores.front().measured, "cell"), scores.size() > 1 ? " each" : "", when);
}

std::vector<Score> without_help(const std::vector<Score>& scores) {
    std::vector<Score> some;
    std::copy_if(scores.begin(), scores.end(), std::back_inserter(some),
                 [](const Score& score) { return !score.head->is_helped(); });
    return some;
}

/// Where only methods that the client must speak are on top: the best that a server can set alone.
std::vector<Score> kernel_only(const std::vector<Score>& scores, const std::vector<Score>& top) {
    return without_help(top).empty() ? advised(without_help(scores)) : std::vector<Score>{};
}

/// `where`: " with idle traffic", when other profiles were not for all rows.
std::string set_sentence(size_t rows, const std::string& where, const std::vector<Score>& top, const std::vector<Score>& alone) {
    const auto speakers = static_cast<size_t>(
        std::count_if(top.begin(), top.end(), [](const Score& score) { return score.head->is_helped(); }));
    const std::string_view need = speakers == 0            ? ""
                                  : speakers == top.size() ? "; the client must speak this protocol"
                                                           : "; heartbeats need a client that speaks them";
    std::string text =
        fmt::format("**What to set.** {}{}{}.", rows > 1 ? fmt::format("Most often right of what was run{}: ", where) : "",
                    specs_and_right(top), need);
    if (!alone.empty())
        text += fmt::format(" Without the client's help: {}.", specs_and_right(alone));
    return text;
}

std::string unseen_sentence(const std::vector<Score>& shown) {
    std::vector<std::string> parts;
    for (const Score& score : shown) {
        std::vector<std::string> gaps;
        if (!score.missed.empty())
            gaps.push_back("does not notice " + list_of_most(score.missed, most_gaps));
        if (!score.wrong.empty())
            gaps.push_back("calls dead what is not: " + list_of_most(score.wrong, most_gaps));
        parts.push_back(fmt::format("{} {}", md(row_name(*score.head)),
                                    gaps.empty() ? "left no gap in this plan" : md(joined(gaps, ", and "))));
    }
    return fmt::format("**What remains unseen.** {}. What this plan does not hold was not tried.",
                       joined(parts, "; "));
}

std::optional<int64_t> packets(const Cells& cells, const DetectorHead& row, const ScenarioHead& column) {
    const Cell* cell = cells.find(cells.traffics().front(), column.name, row.spec);
    std::vector<Duration> sent;
    for (const TrialLine* trial : cell ? cell->valid : std::vector<const TrialLine*>{})
        if (trial->cost)
            sent.push_back(Duration{trial->cost->tx_packets});
    if (sent.empty())
        return std::nullopt;
    std::sort(sent.begin(), sent.end());
    return median(sent).count();
}

std::string cost_sentence(const Cells& cells, const std::vector<Score>& shown) {
    const ScenarioHead* column = living_column(cells);
    std::vector<std::string> parts;
    for (const Score& score : shown)
        if (const auto sent = column ? packets(cells, *score.head, *column) : std::nullopt)
            parts.push_back(fmt::format("{} {}", md(row_name(*score.head)), *sent));
    if (parts.empty())
        return "**What it costs.** Not known from these records: no cost was measured beside a living "
               "client.";
    for (const DetectorHead& control : cells.controls())
        if (const auto sent = packets(cells, control, *column))
            parts.push_back(fmt::format("the control {} {}", md_code(control.name), *sent));
    const std::string traffic = cells.traffics().front();
    return fmt::format(
        "**What it costs.** Segments that the server sent {} beside a living client ({}, {} traffic), "
        "median of the trials: {}.",
        watched_text(cells, traffic), md(column->label), md(traffic), joined(parts, "; "));
}

/// A cell worth a look for the commands: the first failure that a law missed, else the first cell.
std::pair<std::string, std::string> example(const Cells& cells) {
    for (const DetectorHead& row : cells.detectors())
        for (const ScenarioHead& column : cells.scenarios()) {
            const Cell* cell = cells.find(cells.traffics().front(), column.name, row.spec);
            if (cell && cell->outcome == Outcome::missed)
                return {column.name, row.spec};
        }
    return {cells.scenarios().front().name, cells.detectors().front().spec};
}

std::string commands(const Cells& cells) {
    const auto [scenario, spec] = example(cells);
    return code_block("sh", fmt::format("halfopen explain {0} {1}   # one cell, timer by timer\n"
                                        "halfopen predict {0} {1}   # theory only, nothing is run\n"
                                        "halfopen run {0}   # every method of the starter plan against it\n"
                                        "halfopen list detectors   # all methods and their settings\n",
                                        shell_word(scenario), shell_word(spec)));
}

} // namespace

std::string meaning_section(const Cells& cells) {
    if (cells.detectors().empty() || cells.traffics().empty())
        return "";
    std::string out = "## What this means for a server\n\n";
    std::vector<Score> scores;
    const std::vector<std::string> traffics = common_traffics(cells);
    for (const DetectorHead& row : cells.detectors())
        scores.push_back(score_of(cells, traffics, row));
    const bool gaps = cells.partial() && std::any_of(scores.begin(), scores.end(),
                                                     [](const Score& score) { return score.missing > 0; });
    std::vector<Score> shown = advised(scores);
    if (cells.untrustworthy() || gaps || shown.empty())
        return out +
               (cells.untrustworthy() ? "Nothing: more than 2 % of the trials are invalid.\n\n"
                : gaps ? "Not said yet: the run is not complete, and its rows cannot be compared.\n\n"
                       : "Nothing: no row has a right answer in these records.\n\n") +
               commands(cells);
    const std::vector<Score> alone = kernel_only(scores, shown);
    const std::string where = traffics.size() < cells.traffics().size() ? fmt::format(" with {} traffic", md(list_of(traffics))) : "";
    std::vector<Score> most_right = best(scores);
    if (!alone.empty() && without_help(most_right).empty())
        for (const Score& score : best(without_help(scores)))
            most_right.push_back(score);
    out += set_sentence(scores.size(), where, shown, alone);
    shown.insert(shown.end(), alone.begin(), alone.end());
    return out + not_advised(most_right, shown) + "\n\n" + unseen_sentence(shown) + "\n\n" + cost_sentence(cells, shown) + "\n\n" + commands(cells);
}

} // namespace halfopen
