#include "reports/ladders.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/code.h"
#include "reports/html_parts.h"
#include "reports/sections.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// More would be read by nobody; the pcapng files are there for all trials.
constexpr size_t most_ladders = 40, most_ladders_of_small_run = 12;
/// GitHub draws Mermaid slowly, and a picture stands beside each.
constexpr int most_diagrams = 2;

/// Of every method the first captured trial of that failure which suits.
template <typename Suits>
std::vector<const TrialLine*> captured(const Cells& cells, const std::string& traffic, const ScenarioHead& column, Suits suits) {
    std::vector<const TrialLine*> trials;
    for (const DetectorHead& row : cells.detectors())
        if (const Cell* cell = cells.find(traffic, column.name, row.spec)) {
            const auto first = std::find_if(cell->valid.begin(), cell->valid.end(), [&](const TrialLine* t) { return t->capture && suits(*t); });
            if (first != cell->valid.end()) trials.push_back(*first);
        }
    return trials;
}

std::string row_of(const Cells& cells, const TrialLine& trial) {
    for (const DetectorHead& row : cells.detectors())
        if (row.spec == trial.spec) return row_name(row);
    return trial.spec;
}

std::string outcome_sentence(const Cells& cells, const TrialLine& trial) {
    const std::string what = fmt::format("{} ({} traffic)", trial.scenario, trial.traffic);
    if (!trial.noticed_after) return fmt::format("{} said nothing about {} in {}", row_of(cells, trial), what, short_time(trial.horizon));
    if (*trial.noticed_after < Duration::zero()) return fmt::format("{} spoke before anything broke: {}", row_of(cells, trial), what);
    return fmt::format("{} noticed {} after {}, by {}", row_of(cells, trial), what, say(*trial.noticed_after), trial.signal);
}

std::string steps_text(const Ladder& ladder) {
    if (ladder.steps.empty()) return "";
    // Most rules count from the last segment, or from the last message that was answered.
    const bool own_zero = std::any_of(ladder.steps.begin(), ladder.steps.end(), [](const std::string& step) { return step.starts_with("0 s: "); });
    std::string text = fmt::format("The kernel's timers, by the rule. {}:\n\n", own_zero ? "The ladder's clock begins at the fault, that of these lines at their `0 s`"
                                                                                            : "Each line says from where it counts");
    for (const std::string& step : ladder.steps) text += "- " + md(step) + "\n";
    return text + "\n";
}

std::string ladder_part(const ShownLadder& shown, const Pictures& pictures, bool open, int& diagrams) {
    const Ladder& ladder = shown.ladder;
    std::string text = fmt::format("<details{}><summary>{}</summary>\n\n", open ? " open=\"\"" : "", html_text(ladder.title));
    text += pictures.of(ladder_name(shown.trial)) + steps_text(ladder);
    text += fmt::format("<details><summary>The same as text</summary>\n\n{}</details>\n\n", code_block("text", ladder_text(ladder)));
    if (const std::string diagram = ladder_mermaid(ladder); !pictures.are_inside() && diagrams < most_diagrams && !diagram.empty()) {
        ++diagrams;
        text += fmt::format("<details><summary>The same as a Mermaid diagram</summary>\n\n{}</details>\n\n", code_block("mermaid", diagram));
    }
    const std::string file = capture_file(shown.trial);
    return text + fmt::format("All its packets: [{}]({}), for Wireshark or tshark; each packet stands there once for each "
                              "link that it passed (`frame.interface_id == 1` is the server's), and a comment at the fault. tshark takes "
                              "the second sight of a packet for a retransmission; `tshark -r FILE -Y 'frame.interface_id == 1' -w "
                              "server.pcapng` keeps one of each.\n\n</details>\n\n", md(file), file);
}

std::vector<const TrialLine*> one_of_each_cell(const Cells& cells) {
    std::vector<const TrialLine*> trials;
    for (const std::string& traffic : cells.traffics())
        for (const ScenarioHead& column : cells.scenarios())
            for (const TrialLine* trial : captured(cells, traffic, column, [](const TrialLine&) { return true; })) trials.push_back(trial);
    return trials;
}

std::vector<const TrialLine*> two_of_each_failure(const Cells& cells) {
    std::vector<const TrialLine*> trials;
    for (const std::string& traffic : cells.traffics())
        for (const ScenarioHead& column : cells.scenarios())
            for (const bool noticed : {true, false}) {
                const auto some = captured(cells, traffic, column, [=](const TrialLine& t) { return t.noticed_after.has_value() == noticed; });
                if (!some.empty() && trials.size() < most_ladders) trials.push_back(some.front());
            }
    return trials;
}

} // namespace

Ladders ladders_of(const Cells& cells) {
    // A small run shows them all: whoever captures one method wants to see that one.
    std::vector<const TrialLine*> trials = one_of_each_cell(cells);
    Ladders ladders;
    ladders.of_every_cell = trials.size() <= most_ladders_of_small_run;
    if (!ladders.of_every_cell) trials = two_of_each_failure(cells);
    for (const TrialLine* trial : trials) {
        ladders.shown.push_back({trial->id, ladder_of(*trial)});
        ladders.shown.back().ladder.title = outcome_sentence(cells, *trial);
    }
    return ladders;
}

std::string ladder_name(const std::string& trial_id) { return "ladder-" + file_name_of(trial_id); }

std::string ladders_section(const Cells& cells, const Pictures& pictures) {
    const Ladders ladders = pictures.ladders() ? *pictures.ladders() : ladders_of(cells);
    if (ladders.shown.empty()) return "";
    std::string text = fmt::format("## Packet by packet\n\n{}. {}\n\n", ladders.of_every_cell ? "Of every cell one trial" : "Of every failure one trial that was noticed and one that was not", how_to_read_a_ladder);
    int diagrams = 0;
    for (const ShownLadder& one : ladders.shown) text += ladder_part(one, pictures, ladders.shown.size() == 1, diagrams);
    return text;
}

} // namespace halfopen
