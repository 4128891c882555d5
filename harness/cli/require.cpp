#include "harness/cli/require.h"

#include <sstream>

#include "detectors/detector.h"
#include "harness/base/error.h"
#include "harness/trial/scenario.h"

namespace halfopen {

Requirement parse_requirement(const std::string& text) {
    std::istringstream words(text);
    std::string spec, scenario, sign, limit, more;
    words >> spec >> scenario >> sign >> limit;
    const auto duration = parse_duration(limit);
    if (sign != "<=" || !duration || (words >> more))
        throw BadInput(fmt::format("--require \"{}\" is not understood; write it as 'DETECTOR SCENARIO <= 30s', with the unit", text));
    return {text, spec_of(*make_detector(spec)), find_scenario(scenario).name, *duration};
}

std::vector<std::string> broken(const std::vector<Requirement>& requirements, const Records& records) {
    std::vector<std::string> all;
    for (const Requirement& r : requirements) {
        int trials = 0;
        Duration slowest{0};
        bool missed = false;
        for (const TrialLine& t : records.trials) {
            if (t.scenario != r.scenario || t.spec != r.spec || t.outcome == Outcome::skipped) continue;
            ++trials;
            if (t.outcome == Outcome::noticed)
                slowest = std::max(slowest, *t.noticed_after);
            else
                missed = true;
        }
        if (trials == 0)
            all.push_back(fmt::format("{}: no trial of that cell was run", r.text));
        else if (missed)
            all.push_back(fmt::format("{}: not every trial noticed", r.text));
        else if (slowest > r.limit)
            all.push_back(fmt::format("{}: the slowest of {} took {}", r.text, trials, say(slowest)));
    }
    return all;
}

} // namespace halfopen
