// What a plan says of itself.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/files.h"
#include "harness/trial/plan.h"

namespace halfopen {

std::string Plan::digest() const {
    std::string text;
    for (const PlannedTrial& t : trials)
        text += fmt::format("{} {} {} {}\n", t.id, t.before_fault.count(), t.horizon.count(), t.skip);
    return sha256(text);
}

std::vector<ScenarioHead> Plan::scenario_heads() const {
    std::set<std::string> used;
    for (const PlannedTrial& t : trials) used.insert(t.scenario->name);
    std::vector<ScenarioHead> heads;
    for (const Scenario& s : scenarios())
        if (used.count(s.name)) heads.push_back({s.name, s.label, s.group, s.truth, s.summary});
    return heads;
}

std::vector<DetectorHead> Plan::detector_heads() const {
    constexpr std::array<std::string_view, 3> forms{"", "as stated", "done right"};
    std::set<std::string> used;
    std::vector<DetectorHead> heads;
    for (const PlannedTrial& t : trials) {
        if (!used.insert(t.spec).second) continue;
        const Description& about = t.detector->describe();
        const int law = t.detector->law();
        heads.push_back({t.spec, std::string(about.name), t.detector->label(), law,
                         std::string(law ? forms[static_cast<size_t>(about.form)] : ""), std::string(about.summary),
                         about.name == "noop",
                         std::find(about.needs.begin(), about.needs.end(), clients_cooperation) != about.needs.end(),
                         std::string(family_name(about))});
    }
    return heads;
}

int Plan::count_run() const {
    return static_cast<int>(
        std::count_if(trials.begin(), trials.end(), [](const PlannedTrial& t) { return t.skip.empty(); }));
}

Plan::Longest Plan::longest_wait() const {
    Longest longest;
    for (const PlannedTrial& t : trials)
        if (t.skip.empty() && t.planned->kind == Prediction::Kind::window && t.planned->after.to <= t.horizon &&
            t.planned->after.to > longest.wait)
            longest = {t.planned->after.to, t.detector->label()};
    return longest;
}

} // namespace halfopen
