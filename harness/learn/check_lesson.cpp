// What can be wrong with a lesson although its file can be read: theory knows the right answer, and the texts no time.

#include <algorithm>
#include <regex>

#include "harness/base/error.h"
#include "harness/learn/theory_of.h"
#include "reports/text.h"

namespace halfopen {

namespace {

[[noreturn]] void mistake(const Lesson& lesson, const std::string& what) {
    throw BadInput(fmt::format("{}: {}", lesson.file.string(), what));
}

void check_answer(const Lesson& lesson, const Round& round, const std::string& spec) {
    const Plan plan = plan_of(round, spec, 1);
    const PlannedTrial& trial = plan.trials.front();
    if (!trial.skip.empty()) mistake(lesson, fmt::format("{} is not run against {}: {}", spec, round.scenario, trial.skip));
    if (trial.planned->kind == Prediction::Kind::unknown)
        mistake(lesson, fmt::format("no rule says what {} does under {}, so nobody can know the answer", spec, round.scenario));
    const Observed seen = observed_in_theory(trial);
    if (round.right(seen)) return;
    std::vector<std::string> right;
    for (const Answer& choice : round.choices)
        if (choice.is_right(seen)) right.push_back("\"" + choice.says + "\"");
    const std::string truth = fmt::format("({} under {}: {})", spec, round.scenario, say_observed(seen, trial.horizon));
    if (right.empty()) mistake(lesson, fmt::format("\"{}\" has no right answer {}", round.question, truth));
    mistake(lesson, fmt::format("\"{}\" has {} right answers, {} {}", round.question, right.size(), joined(right, " and "), truth));
}

/// A time that stands in a text as digits. Those of the settings are no claims.
void check_times(const Lesson& lesson, const std::string& text) {
    static const std::regex time(R"(\b(\d+(?:\.\d+)?) ?(ns|us|ms|s|min|h|seconds?|minutes?|hours?)\b)");
    std::vector<std::string> settings;
    for (const Round& round : lesson.rounds)
        for (const std::string& spec : specs_of(round)) settings.push_back(spec);
    for (std::sregex_iterator found(text.begin(), text.end(), time), end; found != end; ++found) {
        const std::string spelled = (*found)[1].str() + (*found)[2].str();
        const auto is_setting = [&](const std::string& spec) { return std::regex_search(spec, std::regex("=" + spelled + "(,|$)")); };
        if (std::none_of(settings.begin(), settings.end(), is_setting))
            mistake(lesson, fmt::format("\"{}\" is a time that nothing holds: write {{predicted}}, {{seen}} or {{theory SCENARIO TRAFFIC DETECTOR}}", found->str()));
    }
}

void check_text(const Lesson& lesson, const std::string& text, const std::vector<RoundFacts>& facts, size_t round) {
    try {
        filled_in(text, facts, round);
    } catch (const BadInput& e) {
        mistake(lesson, e.what());
    }
    check_times(lesson, std::regex_replace(text, std::regex(R"(\{[^}]*\})"), ""));
}

} // namespace

void check_lesson(const Lesson& lesson) {
    for (const Round& round : lesson.rounds)
        for (const std::string& spec : specs_of(round)) check_answer(lesson, round, spec);
    std::vector<RoundFacts> facts = facts_of(lesson);
    for (size_t i = 0; i < lesson.rounds.size(); ++i) {
        const Round& round = lesson.rounds[i];
        check_text(lesson, round.scene, facts, i);
        check_text(lesson, round.question, facts, i);
        for (const std::string& hint : round.hints) check_text(lesson, hint, facts, i);
        for (const Answer& choice : round.choices) check_text(lesson, choice.belief, facts, i);
        facts[i].seen = facts[i].predicted;
        check_text(lesson, round.explained, facts, i);
    }
    check_text(lesson, lesson.carry_over, facts, 0);
    check_text(lesson, lesson.law_mended, facts, 0);
}

} // namespace halfopen
