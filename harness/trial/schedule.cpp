#include "harness/trial/schedule.h"

#include <algorithm>
#include <random>
#include <tuple>

#include "harness/trial/schedule_run.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

bool is_storm(const PlannedTrial& trial) { return trial.scenario->is_storm(); }

/// Shuffled, so that neighbours in the catalogue do not share a moment of the machine. But what is watched for long, what
/// begins long before its fault, and what speaks late stand together, so that no group waits for a single trial; and storms of
/// signals come last, so that they blow while nothing else is fired.
scheduling::Trials in_firing_order(scheduling::Trials trials, uint64_t seed) {
    std::mt19937_64 random(seed);
    for (size_t i = trials.size(); i > 1; --i) std::swap(trials[i - 1], trials[random() % i]);
    const auto rank = [](const PlannedTrial* t) {
        return std::tuple(is_storm(*t), t->horizon, t->before_fault / 500ms, -(scheduling::latest_notice(*t) / 1s));
    };
    std::stable_sort(trials.begin(), trials.end(),
                     [&](const PlannedTrial* a, const PlannedTrial* b) { return rank(a) < rank(b); });
    return trials;
}

} // namespace

TrialLine not_run(const PlannedTrial& planned, Outcome outcome, const std::string& why) {
    TrialLine line;
    line.id = planned.id;
    line.scenario = planned.scenario->name;
    line.traffic = info(planned.traffic).name;
    line.detector = planned.detector->describe().name;
    line.settings = planned.detector->settings().values();
    line.spec = planned.spec;
    line.repeat = planned.repeat;
    line.attempt = planned.attempt;
    line.phase = planned.phase;
    line.truth = planned.scenario->truth;
    line.horizon = planned.horizon;
    line.situation.heals_after = planned.heal_after;
    line.planned = line.predicted = to_line(*planned.planned, line.truth, line.horizon);
    line.outcome = outcome;
    line.why = why;
    return line;
}

std::vector<scheduling::Trials> firing_groups(const std::vector<PlannedTrial>& trials, uint64_t seed, int capacity,
                                              const SchedulePace& pace) {
    scheduling::Trials to_run;
    for (const PlannedTrial& trial : trials)
        if (trial.skip.empty()) to_run.push_back(&trial);
    std::vector<scheduling::Trials> groups;
    for (const PlannedTrial* trial : in_firing_order(std::move(to_run), seed)) {
        const auto most = static_cast<size_t>(std::clamp(is_storm(*trial) ? pace.storms : pace.group, 1, std::max(1, capacity)));
        if (groups.empty() || groups.back().size() >= most || is_storm(*trial) != is_storm(*groups.back().back())) groups.emplace_back();
        groups.back().push_back(trial);
    }
    return groups;
}

bool run_schedule(TrialLab& lab, const std::vector<PlannedTrial>& trials, uint64_t seed, const ScheduleEvents& tell,
                  const SchedulePace& pace) {
    for (const PlannedTrial& trial : trials)
        if (!trial.skip.empty()) tell.finished(not_run(trial, Outcome::skipped, trial.skip));
    return scheduling::Run(lab, tell, pace, firing_groups(trials, seed, lab.capacity(), pace)).run();
}

} // namespace halfopen
