#include "harness/trial/schedule.h"

#include <algorithm>
#include <random>
#include <tuple>

#include "harness/trial/schedule_run.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// Shuffled, so that neighbours in the catalogue do not share a moment of the machine. But what is watched for long, what
/// begins long before its fault, and what speaks late stand together, so that no group waits for a single trial; and storms of
/// signals come last, so that they blow while nothing else is fired.
scheduling::Trials in_firing_order(scheduling::Trials trials, uint64_t seed) {
    std::mt19937_64 random(seed);
    for (size_t i = trials.size(); i > 1; --i) std::swap(trials[i - 1], trials[random() % i]);
    const auto rank = [](const PlannedTrial* t) {
        return std::tuple(t->scenario->signal_interval > 0ns, t->horizon, t->before_fault / 500ms, -(scheduling::latest_notice(*t) / 1s));
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

bool run_schedule(TrialLab& lab, const std::vector<PlannedTrial>& trials, uint64_t seed, const ScheduleEvents& tell,
                  const SchedulePace& pace) {
    scheduling::Trials to_run;
    for (const PlannedTrial& trial : trials) {
        if (trial.skip.empty())
            to_run.push_back(&trial);
        else
            tell.finished(not_run(trial, Outcome::skipped, trial.skip));
    }
    return scheduling::Run(lab, tell, pace, in_firing_order(std::move(to_run), seed)).run();
}

} // namespace halfopen
