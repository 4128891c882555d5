#include "harness/learn/theory_of.h"

#include <algorithm>
#include <regex>

#include "harness/base/error.h"
#include "harness/trial/scenario.h"
#include "reports/text.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

RoundFacts facts_of_cell(const Round& round, const std::string& spec) {
    const Plan plan = plan_of(round, spec, 1);
    const PlannedTrial& trial = plan.trials.front();
    return {trial.detector->label(), say_observed(observed_in_theory(trial), trial.horizon), std::nullopt, trial.horizon};
}

std::string theory_of_cell(const std::string& words, bool words_of_signal) {
    std::smatch part;
    if (!std::regex_match(words, part, std::regex(R"((\S+) (\S+) (\S+))")))
        throw BadInput(fmt::format("{{theory {}}}: write {{theory SCENARIO TRAFFIC DETECTOR}}", words));
    Round round;
    round.scenario = find_scenario(part[1].str()).name;
    const auto traffic = parse_traffic(part[2].str());
    if (!traffic) throw BadInput(fmt::format("{{theory {}}}: there is no traffic profile \"{}\"; profiles: {}", words, part[2].str(), all_traffic()));
    round.traffic = *traffic;
    round.horizon = 1000h;
    const std::string predicted = facts_of_cell(round, part[3].str()).predicted;
    return words_of_signal ? predicted : predicted.substr(0, predicted.find(", "));
}

std::string value_of(const std::string& name, const RoundFacts& facts) {
    if (name == "predicted") return facts.predicted;
    if (name == "method") return facts.method;
    if (name == "watched") return say(facts.horizon);
    if (name == "seen" && facts.seen) return *facts.seen;
    if (name == "seen") throw BadInput("{seen} stands before anything was seen");
    throw BadInput(fmt::format("there is no {{{}}}; a text may hold {{predicted}}, {{seen}}, {{method}}, {{watched}}, those of another round as "
                               "{{seen 1}}, and {{theory SCENARIO TRAFFIC DETECTOR}}", name));
}

std::string value_of_placeholder(const std::string& words, const std::vector<RoundFacts>& rounds, size_t round) {
    if (words.starts_with("theory when ")) return theory_of_cell(words.substr(12), false);
    if (words.starts_with("theory ")) return theory_of_cell(words.substr(7), true);
    std::smatch part;
    if (!std::regex_match(words, part, std::regex(R"((\w+)(?: ([1-9]))?)"))) return value_of(words, rounds.at(round));
    const size_t other = part[2].matched ? static_cast<size_t>(part[2].str()[0] - '1') : round;
    if (other >= rounds.size()) throw BadInput(fmt::format("{{{}}}: this lesson has {} rounds", words, rounds.size()));
    return value_of(part[1].str(), rounds[other]);
}

} // namespace

Plan plan_of(const Round& round, const std::string& spec, int repeats, const std::optional<KernelFacts>& kernel) {
    Selection selection;
    selection.scenarios = {round.scenario};
    selection.detectors = {spec};
    selection.traffic = {std::string(info(round.traffic).name)};
    selection.repeats = repeats;
    selection.horizon = round.horizon;
    selection.kernel = kernel;
    selection.capture = true;
    return make_plan(selection);
}

Observed observed_in_theory(const PlannedTrial& trial) {
    const Prediction& p = *trial.planned;
    if (p.kind != Prediction::Kind::window || p.after.from > trial.horizon) return {};
    return {p.after, p.signal};
}

std::string say_observed(const Observed& seen, Duration horizon) {
    if (!seen.after) return fmt::format("not in the {} watched", say(horizon));
    const Window& after = *seen.after;
    if (after.to < Duration::zero()) return "before anything was done to the client";
    const std::string when = after.to <= 10ms ? "at once" : time_range(after);
    return seen.signal.empty() ? when : when + ", " + seen.signal;
}

std::vector<std::string> specs_of(const Round& round) {
    std::vector<std::string> specs{round.detector};
    if (round.vary.empty()) return specs;
    // What does not vary stays as the round has it.
    const auto detector = make_detector(round.detector);
    std::vector<std::string> varied{""};
    for (const auto& [setting, value] : detector->settings().values()) {
        const auto other = std::find_if(round.vary.begin(), round.vary.end(), [&](const Varied& v) { return v.setting == setting; });
        std::vector<std::string> longer;
        for (const std::string& begin : varied)
            for (const std::string& each : other == round.vary.end() ? std::vector{value} : other->values)
                longer.push_back(fmt::format("{}{}{}={}", begin, begin.empty() ? "" : ",", setting, each));
        varied = longer;
    }
    for (const std::string& settings : varied) specs.push_back(spec_of(*make_detector(fmt::format("{}:{}", detector->describe().name, settings))));
    return specs;
}

std::vector<RoundFacts> facts_of(const Lesson& lesson, const std::vector<std::string>& specs) {
    std::vector<RoundFacts> all;
    for (size_t i = 0; i < lesson.rounds.size(); ++i)
        all.push_back(facts_of_cell(lesson.rounds[i], specs.empty() ? lesson.rounds[i].detector : specs[i]));
    return all;
}

std::string filled_in(const std::string& text, const std::vector<RoundFacts>& rounds, size_t round) {
    std::string all;
    size_t begin = 0;
    for (;;) {
        const size_t open = text.find('{', begin), close = text.find('}', open);
        if (open == text.npos || close == text.npos) return all + text.substr(begin);
        all += text.substr(begin, open - begin) + value_of_placeholder(text.substr(open + 1, close - open - 1), rounds, round);
        begin = close + 1;
    }
}

} // namespace halfopen
