#include "reports/findings.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/matrix.h"
#include "reports/sentence.h"
#include "reports/text.h"
#include "reports/units.h"

namespace halfopen {

namespace {

constexpr size_t most_sentences = 8;

std::vector<std::string> labels_of(const std::vector<Seen>& seen, bool right) {
    std::vector<std::string> labels;
    for (const Seen& one : seen)
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
    if (times.to < at_once)
        return "at once";
    const bool polled = times.to <= std::chrono::milliseconds{270};
    return polled ? fmt::format("at once (the slowest after {})", short_time(times.to))
                  : "after " + time_range(times);
}

/// "none of the five silent failures (drop, crash, reboot, reject, stopped)": the list only where it is new.
std::string silent_failures(const Unit& unit, bool list_them) {
    const int count = static_cast<int>(unit.silent().size());
    std::vector<std::string> labels;
    for (const Seen& seen : unit.silent())
        labels.push_back(md(seen.column->label) +
                         (seen.column->name == "silent-drop" ? ", as when a plug is pulled" : ""));
    return fmt::format("{} silent failures{}", in_words(count),
                       list_them ? fmt::format(" ({})", joined(labels, "; ")) : "");
}

std::string deaf_sentence(const Unit& unit, const std::string& watched, bool list_them) {
    const std::string none =
        unit.silent().size() == 1
            ? fmt::format("not the silent failure {}", md(unit.silent()[0].column->label))
            : fmt::format("none of the {}", silent_failures(unit, list_them));
    if (unit.goodbyes().empty())
        return fmt::format("**{}** noticed {} {}.", md(unit.subject()), none, watched);
    return fmt::format("**{} {} only a goodbye**: {} noticed {} {}, and {} {}.", md(unit.subject()),
                       unit.plural() ? "hear" : "hears", unit.plural() ? "they" : "it",
                       md(list_of(unit.goodbyes())), how_soon(unit), none, watched);
}

/// Why the rest stayed unnoticed, as far as the rules of all trials agree: never, or later than was watched.
std::string rest_text(const Unit& unit, const std::string& watched) {
    bool never = true;
    std::vector<std::string> mixed;
    for (const RowFacts* row : unit.rows)
        for (const Seen& seen : row->silent) {
            if (seen.right())
                continue;
            for (const TrialLine* trial : seen.cell->valid)
                never &= trial->predicted.kind == "never";
            if (seen.cell->mixed())
                mixed.push_back(fmt::format("{} in only {} of {} trials", md(seen.column->label),
                                            seen.cell->right, seen.cell->n()));
        }
    std::string text = watched;
    if (never)
        text += ", and by the rule never";
    return mixed.empty() ? text : fmt::format("{} ({})", text, joined(mixed, "; "));
}

std::string hearing_sentence(const Unit& unit, const std::string& watched, bool list_them, bool alone) {
    const int all = static_cast<int>(unit.silent().size());
    const int noticed = unit.noticed_silent();
    const std::string times = time_range(unit.times(&RowFacts::silent));
    const std::string who = md(unit.subject()) + (alone ? " alone of the laws" : "");
    if (noticed == all && all == 1)
        return fmt::format("**{} noticed the silent failure {}**, after {}.", who,
                           md(unit.silent()[0].column->label), times);
    if (noticed == all)
        return fmt::format("**{} noticed all {}**, after {}.", who, silent_failures(unit, list_them), times);
    return fmt::format("**{} noticed {} of the {}**, after {}; {} not {}.", who, in_words(noticed),
                       silent_failures(unit, list_them), times,
                       list_of(emphasised(labels_of(unit.silent(), false))), rest_text(unit, watched));
}

/// For a plan without silent failures.
std::string goodbye_sentence(const Unit& unit) {
    if (!unit.goodbyes().empty())
        return fmt::format("**{}** noticed {} {}.", md(unit.subject()), md(list_of(unit.goodbyes())),
                           how_soon(unit));
    const auto& goodbye = unit.rows[0]->goodbye;
    if (!goodbye.empty())
        return fmt::format("**{}** did not rightly notice {}.", md(unit.subject()),
                           list_of(labels_of(goodbye, false)));
    return fmt::format("**{}** rightly stayed quiet about a client that is alive ({}).", md(unit.subject()),
                       joined(labels_of(unit.rows[0]->alive, true), ", "));
}

std::string numbered_name(const DetectorHead& row) {
    return row.law ? fmt::format("law {} ({})", row.law, row_name(row)) : row_name(row);
}

/// Subjects in lower case after the first word: "As stated, laws 1-3", "law 1 (recv, 1 s timeout)".
std::string who_misreads(const std::vector<const DetectorHead*>& rows) {
    std::vector<int> laws;
    const bool all_as_stated = std::all_of(rows.begin(), rows.end(),
                                           [](const DetectorHead* row) { return row->form == "as stated"; });
    std::vector<std::string> names;
    for (const DetectorHead* row : rows) {
        if (row->law && (laws.empty() || laws.back() != row->law))
            laws.push_back(row->law);
        names.push_back(numbered_name(*row));
    }
    if (all_as_stated && rows.front()->law)
        return fmt::format("as stated, {} {} {}", laws.size() > 1 ? "laws" : "law", law_numbers(laws),
                           laws.size() > 1 ? "call" : "calls");
    return fmt::format("{} {}", list_of(names), names.size() > 1 ? "call" : "calls");
}

/// What is called dead wrongly, by the laws, or by all rows when there are no laws.
std::string mistakes(const std::vector<RowFacts>& rows) {
    const bool has_laws =
        std::any_of(rows.begin(), rows.end(), [](const RowFacts& row) { return row.head->law > 0; });
    std::vector<const DetectorHead*> misreaders;
    std::vector<std::string> parts;
    for (const RowFacts& row : rows)
        for (const Seen& seen : row.half_closed)
            if (seen.cell->outcome == Outcome::misread && (row.head->law > 0 || !has_laws) &&
                (misreaders.empty() || misreaders.back() != row.head))
                misreaders.push_back(row.head);
    if (!misreaders.empty())
        parts.push_back(who_misreads(misreaders) + " a half-closed client dead");
    for (const RowFacts& row : rows)
        if (row.false_alarm_when_alive() && (row.head->law > 0 || !has_laws))
            parts.push_back(fmt::format("{} calls a client dead that is alive ({})", numbered_name(*row.head),
                                        list_of(labels_of(row.alive, false))));
    return parts.empty() ? "" : md(capital(joined(parts, "; "))) + ".";
}

std::vector<std::string> unit_sentences(const Cells& cells, const std::vector<RowFacts>& rows) {
    const std::string watched = watched_text(cells, cells.traffics().front());
    const std::vector<Unit> units = units_of(rows);
    const auto complete = std::count_if(units.begin(), units.end(), [](const Unit& unit) {
        return !unit.silent().empty() && unit.noticed_silent() == static_cast<int>(unit.silent().size());
    });
    std::vector<std::string> sentences;
    bool listed = false;
    for (const Unit& unit : units) {
        const int all = static_cast<int>(unit.silent().size());
        const bool alone =
            complete == 1 && units.size() > 1 && unit.noticed_silent() == all && !unit.laws.empty();
        if (all == 0)
            sentences.push_back(goodbye_sentence(unit));
        else if (unit.noticed_silent() == 0)
            sentences.push_back(deaf_sentence(unit, watched, !listed));
        else
            sentences.push_back(hearing_sentence(unit, watched, !listed, alone));
        listed |= all > 1;
    }
    if (sentences.size() > most_sentences) {
        const size_t more = sentences.size() - most_sentences;
        sentences.resize(most_sentences);
        sentences.push_back(fmt::format("The matrix has {} more kinds of behaviour.", more));
    }
    return sentences;
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
    if (const std::string wrong = mistakes(rows); !wrong.empty())
        sentences.push_back(wrong);
    return sentences;
}

} // namespace halfopen
