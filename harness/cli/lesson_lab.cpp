#include "harness/cli/lesson_lab.h"

#include <algorithm>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/cli/labs.h"
#include "harness/cli/results.h"
#include "harness/cli/runner.h"
#include "harness/trial/shard.h"
#include "harness/trial/store.h"
#include "reports/cells.h"
#include "reports/text.h"

namespace halfopen {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr int trials_of_a_round = 3;
/// Nobody looks at a still screen for longer than that when virtual time is at hand.
constexpr Duration longest_on_the_wall = 8s, longest_without_a_choice = 2min;

/// How long a round's trials keep a person waiting on the wall clock.
Duration wait_of(const Plan& plan) {
    Duration longest{0};
    for (const PlannedTrial& t : plan.trials) longest = std::max(longest, expected_duration(t));
    return longest;
}

std::vector<TrialLine> valid_trials(const Records& records) {
    std::vector<TrialLine> valid;
    for (const TrialLine& t : records.trials)
        if (is_valid(t.outcome)) valid.push_back(t);
    return valid;
}

std::string place_of(const LabChoice& lab) { return fmt::format("{} lab, kernel {}", lab.name(), lab.kernel()); }

} // namespace

LessonLab::LessonLab(const Lesson& lesson, const LearnOptions& options, Console& console, fs::path folder)
    : lesson_(lesson), options_(options), console_(console), folder_(std::move(folder)) {}

std::optional<LabChoice> LessonLab::lab_if_any(const std::string& name, const std::string& kernel) {
    try {
        LabChoice lab = choose_lab(name, kernel, 0);
        lab.floor_samples = 3; // A lesson tells seconds from minutes, and a class shares a machine.
        must_run_here(lab);
        return lab;
    } catch (const CannotHere& e) {
        if (std::find(missing_.begin(), missing_.end(), e.what()) == missing_.end()) missing_.emplace_back(e.what());
        return std::nullopt;
    }
}

Showing LessonLab::measure(size_t round, const std::string& spec) {
    if (options_.replay) return recorded(round);
    if (options_.lab != "auto") {
        Showing run = run_in(choose_lab(options_.lab, options_.kernel, 0), round, spec);
        if (run.trials.empty()) throw CannotHere(fmt::format("the {} lab could run no trial of this question; without --lab another is tried", options_.lab));
        return run;
    }
    const Duration wait = wait_of(plan_of(lesson_.rounds[round], spec, trials_of_a_round));
    const auto here = lab_if_any("namespaces", "");
    const auto guest = lab_if_any("virtual", options_.kernel);
    std::vector<LabChoice> labs;
    if (here && wait <= longest_on_the_wall) labs.push_back(*here);
    if (guest) labs.push_back(*guest);
    if (here && labs.empty() && wait <= longest_without_a_choice) labs.push_back(*here);
    for (const LabChoice& lab : labs) {
        Showing run = run_in(lab, round, spec);
        if (!run.trials.empty()) return run;
    }
    for (const std::string& why : missing_) console_.prose("It cannot be measured here: " + why + ".");
    return recorded(round);
}

Showing LessonLab::run_in(const LabChoice& lab, size_t round, const std::string& spec) {
    must_run_here(lab);
    const Plan plan = plan_of(lesson_.rounds[round], spec, trials_of_a_round, facts_of_kernel(lab));
    Showing measured;
    measured.where = place_of(lab);
    measured.folder = folder_ / fmt::format("{}-{}-{}", round + 1, lab.name(), lab.kernel());
    RunOptions options;
    options.progress = "none";
    options.command = {"learn", lesson_.name};
    Terminal terminal;
    const Instant began = MonotonicClock::now();
    {
        Store store(measured.folder, {plan.digest(), lab.name(), lab.kernel()});
        Runner runner(lab, plan, options, store, terminal);
        runner.on_tick([&] {
            console_.status(fmt::format("The worlds are built, and break ({}, {:.0f} s) ...", lab.guest ? "in virtual time" : "by the wall clock",
                                        std::chrono::duration<double>(MonotonicClock::now() - began).count()));
        });
        if (const int signal = runner.run()) throw Interrupted{signal};
    }
    const Records records = read_records(measured.folder.string());
    measured.trials = valid_trials(records);
    if (lab.guest && records.end)
        measured.how_long = fmt::format("{} of virtual time took {}", say(records.end->virtual_time), say(records.end->wall));
    return measured;
}

Showing LessonLab::recorded(size_t round) const {
    const fs::path file = recording_of(lesson_, round);
    std::error_code ignored;
    if (!fs::exists(file, ignored))
        throw CannotHere("this machine can run neither lab, and there is no recording of this lesson; halfopen doctor says what is missing");
    const Records records = read_records(file.string());
    Showing measured;
    measured.trials = valid_trials(records);
    measured.where = fmt::format("{} lab, kernel {}", records.runs.front().lab, records.runs.front().kernel);
    measured.recorded = true;
    const Round& wanted = lesson_.rounds[round];
    if (measured.trials.empty() || measured.trials.front().scenario != wanted.scenario || measured.trials.front().horizon != wanted.horizon ||
        measured.trials.front().spec != spec_of(*make_detector(wanted.detector)))
        throw BadInput(fmt::format("{}: is no recording of {}; make it anew with: halfopen class record {}", file.string(), lesson_.name,
                                   lesson_.file.parent_path().string()));
    return measured;
}

fs::path recording_of(const Lesson& lesson, size_t round) {
    return lesson.file.parent_path() / "recorded" / fmt::format("{:02}-{}-{}.jsonl.xz", lesson.number, lesson.name, round + 1);
}

} // namespace halfopen
