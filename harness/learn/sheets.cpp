#include "harness/learn/sheets.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/learn/hand_in.h"
#include "harness/learn/seen.h"
#include "reports/ladder.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::string title(const Lesson& lesson) { return fmt::format("# Lesson {}: {} ({})\n\n", lesson.number, lesson.title, lesson.law); }

std::string round_head(const Lesson& lesson, size_t round) {
    return round == 0 ? std::string("## Predict\n\n") : lesson.rounds.size() == 2 ? "## Turn one knob\n\n" : fmt::format("## Turn a knob ({})\n\n", round);
}

/// Drawings keep their lines in Markdown as they are indented by four.
std::string scene_of(const Round& round, const std::vector<RoundFacts>& facts, size_t number) {
    return filled_in(round.scene, facts, number) + "\n\n**" + filled_in(round.question, facts, number) + "**\n\n";
}

const char* const page_break = "*Turn the page only when your guess is written down and the failure was shown.*\n\n<div style=\"break-after: page\"></div>\n\n";

const char* const blank_ladder = "What crosses the links? Draw the packets, the silences and the moment at which the server knows.\n\n"
                                 "    seconds    client              router              server\n"
                                 "       |          |                   |                   |\n"
                                 "       |          |                   |                   |\n"
                                 "       |          |                   |                   |\n"
                                 "       |          |                   |                   |\n"
                                 "       |          |                   |                   |\n"
                                 "       |          |                   |                   |\n\n";

std::vector<RoundFacts> facts_for(const Lesson& lesson, const std::vector<std::string>& specs) {
    auto facts = facts_of(lesson, specs);
    for (RoundFacts& round : facts) round.seen = "________";
    return facts;
}

/// " (75.9 s, 76.1 s and 77.1 s)"; nothing where nobody noticed anything.
std::string times_of(const std::vector<TrialLine>& trials) {
    std::vector<std::string> times;
    for (const TrialLine& trial : trials)
        if (trial.noticed_after) times.push_back(say(*trial.noticed_after));
    return times.empty() ? "" : fmt::format(" ({} of {}: {})", times.size(), trials.size(), list_of(times));
}

std::string answers_of(const Round& round, const std::optional<size_t>& right) {
    std::string text;
    for (size_t i = 0; i < round.choices.size(); ++i) {
        const Answer& answer = round.choices[i];
        text += fmt::format("- {} {}{}\n", right == i ? "[x]" : "[ ]", md(answer.says),
                            answer.belief.empty() || right == i ? "" : fmt::format(" (believed: {})", md(answer.belief)));
    }
    return text + "\n";
}

std::string key_of_round(const Lesson& lesson, size_t number, const KeyRound& key, const std::vector<RoundFacts>& facts) {
    const Round& round = lesson.rounds[number];
    const Plan plan = plan_of(round, key.spec, 1);
    const Prediction& theory = *plan.trials.front().planned;
    const auto right = right_answer(round, observed(key.showing.trials), observed_in_theory(plan.trials.front()));
    std::string text = round_head(lesson, number) + scene_of(round, facts, number) + answers_of(round, right);
    if (!right) text += "None of the answers fits what was seen here: this run left its prediction.\n\n";
    text += fmt::format("Seen in the {}{}: {}{}. Predicted: {}.\n\n", key.showing.where, key.showing.recorded ? ", recorded" : "",
                        md(*facts[number].seen), times_of(key.showing.trials), md(facts[number].predicted));
    text += filled_in(round.explained, facts, number) + "\n\n";
    for (const std::string& step : theory.steps) text += "- " + md(step) + "\n";
    if (!theory.steps.empty()) text += "\n";
    return text + "```text\n" + ladder_text(ladder_of(slowest(key.showing.trials))) + "```\n\n";
}

} // namespace

std::string work_sheet(const Lesson& lesson, const std::string& seed) {
    std::vector<std::string> specs;
    for (const Round& round : lesson.rounds) specs.push_back(drawn_spec(round, seed));
    const auto facts = facts_for(lesson, specs);
    std::string text = title(lesson) + fmt::format("Name: {:_<30}  Date: ____________\n\n", seed.empty() ? "" : seed + " ");
    for (size_t i = 0; i < lesson.rounds.size(); ++i) {
        if (i > 0) text += page_break; // What is asked next may tell what was right before.
        text += round_head(lesson, i) + scene_of(lesson.rounds[i], facts, i);
        for (const Answer& answer : lesson.rounds[i].choices) text += "- [ ] " + md(answer.says) + "\n";
        text += "\nWhy? ____________________________________________________________\n\n"
                "How sure are you? [ ] a guess  [ ] fairly  [ ] certain\n\n";
        text += blank_ladder;
        text += "Seen: ____________________  Why was it so? ____________________________\n\n";
    }
    return text + "## To carry over\n\n" + filled_in(lesson.carry_over, facts, 0) + "\n\nThe law, mended: ________________________________________________\n\n";
}

std::string answer_sheet(const Lesson& lesson, const std::vector<KeyRound>& keys) {
    std::vector<std::string> specs;
    for (const KeyRound& key : keys) specs.push_back(key.spec);
    auto facts = facts_of(lesson, specs);
    for (size_t i = 0; i < keys.size(); ++i) facts[i].seen = say_observed(observed(keys[i].showing.trials), keys[i].showing.trials.front().horizon);
    std::string text = title(lesson);
    for (size_t i = 0; i < keys.size(); ++i) text += key_of_round(lesson, i, keys[i], facts);
    return text + "## To carry over\n\n" + filled_in(lesson.carry_over, facts, 0) + "\n\n**The law, mended.** " + filled_in(lesson.law_mended, facts, 0) + "\n\n";
}

std::string assignment(const std::vector<Lesson>& lessons, const std::vector<std::string>& seeds) {
    std::string text = "| who | lesson | detector | command |\n|:--|:--|:--|:--|\n";
    for (const std::string& seed : seeds)
        for (const Lesson& lesson : lessons)
            for (const Round& round : lesson.rounds)
                if (!round.vary.empty())
                    text += fmt::format("| {} | {}. {} | {} | {} |\n", md(seed), lesson.number, md(lesson.title), md_code(drawn_spec(round, seed)),
                                        md_code(fmt::format("halfopen learn {} --seed '{}'", lesson.name, seed)));
    return text;
}

} // namespace halfopen
