#include "harness/cli/cell.h"

#include <algorithm>

#include "harness/base/error.h"
#include "harness/base/names.h"
#include "harness/linux/machine.h"
#include "harness/trial/plan.h"
#include "harness/trial/planned.h"

namespace halfopen {

namespace {

std::string sentence(const std::string& who, const Scenario& scenario, const Prediction& p) {
    switch (p.kind) {
    case Prediction::Kind::never:
        return scenario.truth == Truth::alive ? who + ": says nothing, and is right" : who + ": never notices";
    case Prediction::Kind::unknown: return who + ": no rule that is known here says when";
    case Prediction::Kind::window: break;
    }
    const Outcome outcome = p.outcome(scenario.truth, Duration::max());
    const std::string verdict = outcome == Outcome::noticed       ? "notices"
                                : outcome == Outcome::misread     ? "calls it dead, though it is half-closed,"
                                                                  : "calls a living client dead";
    const std::string when = p.after.to <= std::chrono::milliseconds{10} && p.after.from >= Duration::zero()
                                 ? "at once"
                             : p.after.to < Duration::zero()
                                 ? fmt::format("up to {} before anything breaks", say(-p.after.from))
                             : p.after.from <= Duration::zero()
                                 ? fmt::format("within {} of the fault", say(p.after.to))
                                 : fmt::format("{} to {} after the fault", say(p.after.from), say(p.after.to));
    return fmt::format("{}: {} {}{}", who, verdict, when, p.signal.empty() ? "" : " (" + p.signal + ")");
}

/// What stands behind the names: the verdict, the rule, the steps.
std::string say_cell(const std::string& who, const Scenario& scenario, Traffic traffic, const Detector& detector) {
    if (const std::string skip = why_skipped(scenario, traffic, detector); !skip.empty()) return fmt::format("{}: {}\n", who, skip);
    const Prediction p = detector.predict(planned_situation(scenario, traffic, detector, over_a_period(scenario, detector), own_kernel()));
    std::string text = sentence(who, scenario, p) + "\n\n" + p.rule + "\n";
    if (!p.steps.empty()) text += "\n";
    for (const std::string& step : p.steps) text += "  " + step + "\n";
    return text;
}

} // namespace

std::string say_cells(const Scenario& scenario, const std::vector<Traffic>& traffic, const Detector& detector) {
    struct Group {
        std::string names;
        Traffic first;
        std::string words;
    };
    std::vector<Group> groups;
    for (const Traffic profile : traffic) {
        const std::string words = say_cell("", scenario, profile, detector);
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.words == words; });
        if (same == groups.end())
            groups.push_back({std::string(info(profile).name), profile, words});
        else
            same->names += ", " + std::string(info(profile).name);
    }
    std::string text;
    for (const Group& group : groups)
        text += say_cell(fmt::format("{} under {} ({})", detector.label(), scenario.name, group.names), scenario,
                         group.first, detector) + "\n";
    return text + fmt::format("HZ {} on this machine; sysctls as every world sets them; truth: {}.\n", kernel_hz(),
                              name(scenario.truth));
}

namespace {

/// A law is several methods, as stated and done right; a prediction is about one.
std::string say_whose(const std::string& law) {
    std::vector<std::string> names;
    for (const Method* method : methods())
        if (fmt::format("law-{}", method->about.law) == law) names.emplace_back(method->about.name);
    if (names.empty()) return fmt::format("there is no \"{}\"; the laws are law-1 to law-5", law);
    return fmt::format("{} is more than one detector; name one of: {}", law, join_names(names));
}

} // namespace

CellNames find_cell(const std::string& one, const std::string& other) {
    for (const std::string& name : {one, other}) refuse_planned(name);
    const auto names = scenario_names();
    const bool first = std::find(names.begin(), names.end(), one) != names.end();
    const bool second = std::find(names.begin(), names.end(), other) != names.end();
    if (first && second) throw BadInput(fmt::format("{} and {} are both scenarios; name one and a detector", one, other));
    // Where neither is one, the first is taken for it: the error names the nearest.
    const Scenario& scenario = find_scenario(second ? other : one);
    const std::string& method = second ? one : other;
    if (method.starts_with("law-")) throw BadInput(say_whose(method));
    return {&scenario, make_detector(method)};
}

} // namespace halfopen
