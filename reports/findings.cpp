#include "reports/findings.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/matrix.h"
#include "reports/mistakes.h"
#include "reports/sentence.h"
#include "reports/text.h"
#include "reports/units.h"

namespace halfopen {

namespace {

constexpr size_t most_sentences = 8;
constexpr size_t most_labels = 10; ///< in one sentence; the matrix has all of them

std::vector<std::string> labels_of(const std::vector<ColumnCell>& seen, bool right) {
    std::vector<std::string> labels;
    for (const ColumnCell& one : seen)
        if (one.right() == right)
            labels.push_back(md(one.column->label));
    return labels;
}

std::vector<std::string> emphasised(std::vector<std::string> labels) {
    for (std::string& label : labels)
        label = "*" + label + "*";
    return labels;
}

/// "at once", with the slowest beside it where that took 10 ms or more.
std::string how_soon(const Unit& unit) {
    const Window times = unit.times(&RowFacts::goodbye);
    if (times.to < prompt_limit)
        return "at once";
    const bool polled = times.to <= std::chrono::milliseconds{270};
    return polled ? fmt::format("at once (the slowest after {})", short_time(times.to))
                  : "after " + time_range(times);
}

std::string silent_label(const ColumnCell& seen) {
    return md(seen.column->label) + (seen.column->name == "silent-drop" ? ", as when a plug is pulled" : "");
}

/// "five silent failures (drop, crash, reboot, reject, stopped)": the list only where it is new. Of dozens, the one that
/// everybody knows.
std::string silent_failures(const Unit& unit, bool list_them) {
    const std::vector<ColumnCell>& silent = unit.silent();
    std::string text = in_words(static_cast<int>(silent.size())) + " silent failures";
    if (!list_them)
        return text;
    const auto plug = std::find_if(silent.begin(), silent.end(),
                                   [](const ColumnCell& seen) { return seen.column->name == "silent-drop"; });
    if (silent.size() > most_labels && plug != silent.end())
        return text + fmt::format(" (one of them: {})", silent_label(*plug));
    std::vector<std::string> labels;
    std::transform(silent.begin(), silent.end(), std::back_inserter(labels), silent_label);
    return text + fmt::format(" ({})", list_of_most(labels, most_labels, "; "));
}

/// "FIN, kill -9 and RST", or how many where nobody would read them.
std::string goodbyes_text(const Unit& unit) {
    const std::vector<std::string> labels = unit.goodbyes();
    const size_t all = unit.rows.front()->goodbye.size();
    if (labels.size() <= most_labels)
        return md(list_of(labels));
    return labels.size() == all ? fmt::format("all {} goodbyes", all) : fmt::format("{} of {} goodbyes", labels.size(), all);
}

/// ", except stopped in 1 of 3 trials" for cells whose trials disagree.
std::string wavering(const Unit& unit) {
    std::vector<std::string> cells;
    for (const RowFacts* row : unit.rows)
        for (const ColumnCell& seen : row->silent)
            if (seen.cell->mixed())
                cells.push_back(fmt::format("{} in {} of {} trials", md(seen.column->label), seen.cell->right,
                                            seen.cell->n()));
    return cells.empty() ? "" : ", except " + list_of(cells);
}

/// `whole`: the unit was tried against every silent failure of the records, so that "only" may be said.
std::string deaf_sentence(const Unit& unit, const std::string& watched, bool list_them, bool whole) {
    const size_t count = unit.silent().size();
    const std::string none =
        count == 1
            ? fmt::format("not the silent failure {}", md(unit.silent()[0].column->label))
            : fmt::format("{} of the {}", count == 2 ? "neither" : "none", silent_failures(unit, list_them));
    const std::string who = md(unit.subject());
    const std::string goodbyes = goodbyes_text(unit);
    if (goodbyes.empty() && count == 1)
        return fmt::format("**{}** did not notice the silent failure {} {}{}.", who, md(unit.silent()[0].column->label), watched, wavering(unit));
    if (goodbyes.empty())
        return fmt::format("**{}** noticed {} {}{}.", who, none, watched, wavering(unit));
    if (count < 2 || !whole || unit.wavers())
        return fmt::format("**{}** noticed {} {}, and {} {}{}.", who, goodbyes, how_soon(unit), none, watched,
                           wavering(unit));
    return fmt::format("**{} {} only a goodbye**: {} noticed {} {}, and {} {}.", who,
                       unit.plural() ? "hear" : "hears", unit.plural() ? "they" : "it", goodbyes,
                       how_soon(unit), none, watched);
}

/// Why the rest stayed unnoticed, as far as the rules of all trials agree: never, or later than was watched.
std::string rest_text(const Unit& unit, const std::string& watched) {
    bool never = true;
    for (const RowFacts* row : unit.rows)
        for (const ColumnCell& seen : row->silent)
            for (const TrialLine* trial : seen.cell->valid)
                never &= seen.right() || trial->predicted.kind == "never";
    return watched + wavering(unit) + (never ? ", and by the rule never" : "");
}

std::string hearing_sentence(const Unit& unit, const std::string& watched, bool list_them, bool alone) {
    const int all = static_cast<int>(unit.silent().size());
    const int noticed = unit.noticed_silent();
    const std::string times = time_range(unit.times(&RowFacts::silent));
    const std::string who = md(unit.subject()) + (alone ? " alone of the laws" : "");
    if (noticed == all && all == 1)
        return fmt::format("**{} noticed the silent failure {}**, after {}.", who,
                           md(unit.silent()[0].column->label), times);
    const std::string failures = silent_failures(unit, list_them);
    if (noticed == all)
        return fmt::format("**{} noticed {}**, after {}.", who,
                           all == 2 ? "both" + failures.substr(3) : "all " + failures, times);
    const auto missed = emphasised(labels_of(unit.silent(), false));
    if (missed.size() > most_labels)
        return fmt::format("**{} noticed {} of the {}** ({}), after {}; the other {} not {}.", who, in_words(noticed),
                           silent_failures(unit, false), list_of_most(labels_of(unit.silent(), true), most_labels), times,
                           missed.size(), rest_text(unit, watched));
    return fmt::format("**{} noticed {} of the {}**, after {}; {} not {}.", who, in_words(noticed),
                       silent_failures(unit, list_them), times, list_of(missed), rest_text(unit, watched));
}

/// For a plan without silent failures.
std::string goodbye_sentence(const Unit& unit) {
    if (!unit.goodbyes().empty())
        return fmt::format("**{}** noticed {} {}.", md(unit.subject()), goodbyes_text(unit), how_soon(unit));
    const auto& goodbye = unit.rows[0]->goodbye;
    if (!goodbye.empty())
        return fmt::format("**{}** did not rightly notice {}.", md(unit.subject()),
                           list_of(labels_of(goodbye, false)));
    return fmt::format("**{}** rightly stayed quiet about a client that is alive ({}).", md(unit.subject()),
                       joined(labels_of(unit.rows[0]->alive, true), ", "));
}

using Columns = std::set<const ScenarioHead*>;

Columns silent_columns(const Unit& unit) {
    Columns columns;
    for (const ColumnCell& seen : unit.silent())
        columns.insert(seen.column);
    return columns;
}

/// Every silent failure that any of these was tried against.
size_t count_silent_columns(const std::vector<Unit>& units) {
    Columns all;
    for (const Unit& unit : units)
        all.merge(silent_columns(unit));
    return all.size();
}

bool is_complete(const Unit& unit, size_t columns) {
    return unit.silent().size() == columns && unit.noticed_silent() == static_cast<int>(columns);
}

std::vector<std::string> unit_sentences(const Cells& cells, const std::vector<RowFacts>& rows) {
    const std::string watched = watched_text(cells, cells.traffics().front());
    const std::vector<Unit> units = units_of(rows);
    const size_t columns = count_silent_columns(units);
    // "Alone" compares, so every unit must have been tried against everything.
    const bool comparable =
        units.size() > 1 && std::all_of(units.begin(), units.end(),
                                        [&](const Unit& unit) { return unit.silent().size() == columns; });
    const auto complete = std::count_if(units.begin(), units.end(),
                                        [&](const Unit& unit) { return is_complete(unit, columns); });
    std::vector<std::string> sentences;
    std::set<Columns> listed;
    for (const Unit& unit : units) {
        const bool is_new = listed.insert(silent_columns(unit)).second;
        const bool whole = unit.silent().size() == columns;
        const bool alone = comparable && complete == 1 && is_complete(unit, columns) && !unit.laws.empty();
        if (unit.silent().empty())
            sentences.push_back(goodbye_sentence(unit));
        else if (unit.noticed_silent() == 0)
            sentences.push_back(deaf_sentence(unit, watched, is_new, whole));
        else
            sentences.push_back(hearing_sentence(unit, watched, is_new, alone));
    }
    if (sentences.size() > most_sentences) {
        const size_t more = sentences.size() - most_sentences;
        sentences.resize(most_sentences);
        sentences.push_back(fmt::format("The matrix has {} more kinds of behaviour.", more));
    }
    return sentences;
}

/// What another profile takes away from the laws: "Once the server has written one message that nobody acknowledges,
/// law 4 ... no longer noticed drop and crash in the 80 s watched." Empty when it takes nothing.
std::string changed_sentence(const Cells& cells, const std::string& traffic) {
    const Matrix matrix = make_matrix(cells, traffic);
    std::vector<std::pair<std::string, std::vector<const DetectorHead*>>> losses;
    std::vector<const DetectorHead*> all;
    for (const MatrixRow& row : matrix.rows) {
        all.push_back(row.head);
        std::vector<std::string> lost;
        for (size_t i = 0; i < row.cells.size(); ++i)
            if (row.cells[i].lost)
                lost.push_back(md(matrix.columns[i]->label));
        if (lost.empty() || row.head->law == 0)
            continue;
        const std::string text = list_of(lost);
        const auto same = std::find_if(losses.begin(), losses.end(), [&](auto& l) { return l.first == text; });
        if (same == losses.end())
            losses.push_back({text, {row.head}});
        else
            same->second.push_back(row.head);
    }
    std::vector<std::string> parts;
    for (const auto& [text, rows] : losses)
        parts.push_back(fmt::format("{} no longer noticed {}", md(rows_text(rows, all)), text));
    if (parts.empty())
        return "";
    const std::string when = traffic == "one-write" ? "Once the server has written one message that nobody acknowledges"
                                                    : fmt::format("With {} traffic", md(traffic));
    return fmt::format("**{}, {}** {}.", when, joined(parts, "; "), matrix.watched);
}

/// The one cell of the records, when there is only one.
std::optional<std::string> only_cell(const Cells& cells) {
    const bool one =
        cells.traffics().size() == 1 && cells.detectors().size() == 1 && cells.scenarios().size() == 1;
    if (!one)
        return std::nullopt;
    const DetectorHead& row = cells.detectors().front();
    const ScenarioHead& column = cells.scenarios().front();
    const Cell* cell = cells.find(cells.traffics().front(), column.name, row.spec);
    if (!cell)
        return std::nullopt;
    return cell_sentence(row, column, cells.traffics().front(), *cell);
}

} // namespace

std::string report_title(const Cells& cells) {
    std::vector<int> laws;
    for (const DetectorHead& row : cells.detectors())
        if (row.law && (laws.empty() || laws.back() != row.law))
            laws.push_back(row.law);
    const bool one_row = cells.detectors().size() == 1;
    const bool one_column = cells.scenarios().size() == 1;
    if (cells.detectors().empty())
        return "Only controls were run";
    if (one_row && one_column)
        return fmt::format("Does {} notice {}?", cells.detectors()[0].label, cells.scenarios()[0].name);
    if (one_row)
        return fmt::format("What does {} notice?", cells.detectors()[0].label);
    if (one_column)
        return fmt::format("Who notices {}?", cells.scenarios()[0].name);
    return laws.size() == 5 ? "Which of the five laws notices that the client is gone?"
                            : "Who notices that the client is gone?";
}

std::vector<std::string> headline(const Cells& cells) {
    if (cells.traffics().empty())
        return {"No trial is recorded yet."};
    if (const auto sentence = only_cell(cells))
        return {md(*sentence)};
    const auto rows = row_facts(cells, cells.traffics().front());
    if (rows.empty())
        return {};
    std::vector<std::string> sentences = unit_sentences(cells, rows);
    if (cells.traffics().front() == "idle" && cells.traffics().size() > 1)
        sentences.insert(sentences.begin(), "While the server only waits (idle link):");
    for (const std::string& traffic : cells.traffics())
        if (traffic != cells.traffics().front())
            if (const std::string changed = changed_sentence(cells, traffic); !changed.empty())
                sentences.push_back(changed);
    if (cells.traffics().front() != "idle")
        sentences.insert(sentences.begin(), md(traffic_title(cells.traffics().front())) + ".");
    if (const std::string wrong = mistakes(rows); !wrong.empty())
        sentences.push_back(wrong);
    return sentences;
}

} // namespace halfopen
