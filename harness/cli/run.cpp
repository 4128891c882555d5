// halfopen run: the scenario matrix, measured.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>

#include <CLI/CLI.hpp>

#include "harness/base/error.h"
#include "harness/cli/labs.h"
#include "harness/cli/require.h"
#include "harness/cli/results.h"
#include "harness/cli/runner.h"
#include "harness/cli/verbs.h"
#include "harness/trial/schedule.h"
#include "harness/trial/store.h"
#include "reports/side_by_side.h"
#include "reports/terminal.h"
#include "reports/text.h"

namespace halfopen {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

void dry_run(const LabChoice& lab, const Plan& plan, const RunOptions& options) {
    const auto others = options.shard.empty() ? std::set<std::string>{} : ids_of_others(lab, plan, parse_shard(options.shard));
    if (!options.json) fmt::print("{}\n{}\n", say_plan(lab, plan), say_bounds(lab));
    for (const PlannedTrial& t : plan.trials) {
        if (others.count(t.id)) continue;
        if (options.json)
            fmt::print("{}\n", to_json(not_run(t, Outcome::skipped, "dry run")));
        else
            fmt::print("{}{}\n", t.id, t.skip.empty() ? "" : "  skipped: " + t.skip);
    }
}

/// Every trial that was tried met something that this machine lacks.
bool nothing_could_run(const Records& records) {
    return std::all_of(records.trials.begin(), records.trials.end(),
                       [](const TrialLine& t) { return t.outcome == Outcome::skipped; });
}

/// Why, each reason once.
std::string reasons_of(const Records& records) {
    std::vector<std::string> reasons;
    for (const TrialLine& t : records.trials)
        if (std::find(reasons.begin(), reasons.end(), t.why) == reasons.end()) reasons.push_back(t.why);
    return joined(reasons, "; ");
}

int finish(const Store& store, const std::vector<Requirement>& requirements, const Terminal& terminal, bool json,
           int signal) {
    if (!keeps_anything(store)) return nothing_kept(store, signal);
    const Records records = read_records(store.file().string());
    write_reports(store.folder(), records);
    const TerminalStyle style{terminal.columns, terminal.ascii, terminal.colour, {}, {}};
    const bool nothing = nothing_could_run(records); // Then there is nothing to show but the reason.
    if (!json && !nothing) fmt::print("{}\n{}", terminal_headline(records, style), terminal_matrix(records, style));
    std::fflush(stdout); // So that what follows on stderr follows.
    if (records.runs.back().guest) fmt::print(stderr, "digest of the trial lines: {}\n", trial_digest(records));
    fmt::print(stderr, "report: {} and report.html\n", (store.folder() / "report.md").string());
    if (signal) return say_interrupted(store, records, signal);
    const auto sentences = broken(requirements, records);
    for (const std::string& sentence : sentences) fmt::print(stderr, "required, but broken: {}\n", sentence);
    if (!sentences.empty()) return static_cast<int>(Exit::requirement);
    if (const int status = say_invalid(store, records)) return status;
    if (!nothing) return 0;
    fmt::print(stderr, "nothing could be run here: {}\n", reasons_of(records));
    return static_cast<int>(Exit::machine);
}

/// One run into one folder; its exit status.
int run_in(const LabChoice& lab, const RunOptions& options, const std::vector<Requirement>& requirements,
           const fs::path& folder, const Plan& plan) {
    const Terminal terminal = look_at_terminal(options.colour, options.ascii);
    Store store(folder, {plan.digest(), lab.name(), lab.kernel()});
    fmt::print(stderr, "{}\nresults: {}{}\n", say_plan(lab, plan), store.folder().string(),
               store.is_resumed() ? fmt::format(" (resumed, {} trials are there)", store.done().size()) : "");
    if (!options.shard.empty())
        fmt::print(stderr, "{}\n", say_shard(lab, plan, options.shard));
    const int signal = Runner(lab, plan, options, store, terminal).run();
    return finish(store, requirements, terminal, options.json, signal);
}

/// One run for each kernel, and a page that sets them side by side.
int run_on_each(const std::vector<LabChoice>& labs, const RunOptions& options,
                const std::vector<Requirement>& requirements) {
    const fs::path folder = options.output.empty() ? fresh_folder(plan_for(labs.front(), options.selection).name)
                                                   : fs::path(options.output);
    int status = 0;
    std::vector<Records> all;
    for (const LabChoice& lab : labs) {
        const fs::path part = folder / lab.guest->release;
        const int ended = run_in(lab, options, requirements, part, plan_for(lab, options.selection));
        status = std::max(status, ended);
        if (ended > 128) return ended;
        all.push_back(read_records(part.string()));
    }
    write_page(folder / "kernels.md", side_by_side(all));
    fmt::print(stderr, "side by side: {}\n", (folder / "kernels.md").string());
    return status;
}

void read_times(RunOptions& options) {
    if (options.horizon.empty()) return;
    Selection& selection = options.selection;
    selection.horizon = parse_duration(options.horizon);
    if (!selection.horizon || *selection.horizon < 1s)
        throw BadInput(fmt::format("--horizon {} is no duration from 1 s to 1000 h; write it with its unit: 80s, 20min, 2h",
                                   options.horizon));
}

void run(RunOptions& options) {
    const Selection& selection = options.selection;
    read_times(options);
    if (!options.shard.empty()) parse_shard(options.shard);
    std::vector<Requirement> requirements;
    for (const std::string& text : options.requirements) requirements.push_back(parse_requirement(text));
    std::vector<LabChoice> labs;
    if (options.kernels.empty()) options.kernels.emplace_back();
    for (const std::string& kernel : options.kernels) {
        labs.push_back(choose_lab(options.lab, kernel, options.jobs));
        for (size_t i = 0; i + 1 < labs.size(); ++i)
            if (labs[i].kernel() == labs.back().kernel())
                throw BadInput(fmt::format("--kernel {}: named twice; one run of it is enough", kernel));
    }
    // A run is repeated on the kernel that it was made on, whatever the default is then.
    if (labs.front().guest && options.kernels.front().empty())
        options.command.insert(options.command.end(), {"--kernel", labs.front().guest->name});
    const Plan plan = plan_for(labs.front(), selection);
    for (const Requirement& r : requirements)
        if (std::none_of(plan.trials.begin(), plan.trials.end(), [&](const PlannedTrial& t) {
                return t.spec == r.spec && t.scenario->name == r.scenario && t.skip.empty();
            }))
            throw BadInput(fmt::format("--require \"{}\": no trial of that cell is in the plan; add it to the selection", r.text));
    if (options.dry_run) return dry_run(labs.front(), plan, options);
    // The lab is asked for before the folder is made: a machine that cannot run leaves nothing behind.
    must_run_here(labs.front());
    if (labs.size() > 1) return set_exit_status(run_on_each(labs, options, requirements));
    const fs::path folder = options.output.empty() ? fresh_folder(plan.name) : fs::path(options.output);
    set_exit_status(run_in(labs.front(), options, requirements, folder, plan));
}

void add_selection(CLI::App& verb, RunOptions& o) {
    verb.add_option("WHAT", o.selection.what, "a plan, a plan file, scenarios, detectors, law-1 to law-5; default: starter");
    verb.add_option("-s,--scenario", o.selection.scenarios, "scenarios by shell pattern")->allow_extra_args(false);
    verb.add_option("-d,--detector", o.selection.detectors, "detectors: keepalive:idle=60s,interval=5s,count=3")
        ->allow_extra_args(false);
    verb.add_option("-t,--traffic", o.selection.traffic, "traffic profiles")->allow_extra_args(false);
    verb.add_option("-n,--repeats", o.selection.repeats, "repeats of every cell")->check(CLI::Range(1, 10000));
    verb.add_option("--horizon", o.horizon, "how long every failure is watched, as 80s");
    verb.add_option("--seed", o.selection.seed, "of phases and order");
    verb.add_option("--id", o.selection.id, "one trial only, by its id");
}

void add_options(CLI::App& verb, RunOptions& o) {
    add_selection(verb, o);
    verb.add_option("-o,--output", o.output, "results folder; an existing one is resumed");
    verb.add_option("--lab", o.lab, "where worlds are built: namespaces (this kernel, wall clock) or virtual (a guest's kernel, virtual "
                                     "time, no privilege)")->check(CLI::IsMember({"namespaces", "virtual"}));
    verb.add_option("--kernel", o.kernels, "guest's kernel, for the virtual lab: 6.1, 6.12 or a path; given twice, the report "
                                           "sets them side by side")
        ->allow_extra_args(false);
    verb.add_option("--jobs", o.jobs, "worlds, or virtual machines, at a time, at most")->check(CLI::Range(1, 100000));
    verb.add_option("--require", o.requirements, "'DETECTOR SCENARIO <= 30s': exit 1 when it is not so")
        ->allow_extra_args(false);
    verb.add_option("--progress", o.progress, "auto, bar, lines or none")
        ->check(CLI::IsMember({"auto", "bar", "lines", "none"}));
    verb.add_option("--color,--colour", o.colour, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    verb.add_flag("--ascii", o.ascii, "no Unicode on the terminal");
    verb.add_flag("--dry-run", o.dry_run, "shows the plan and runs nothing");
    verb.add_flag("--capture", o.selection.capture, "keeps every packet that crosses the links: a ladder in the report, a pcapng beside it");
    verb.add_flag("--json", o.json, "trial lines on stdout as they end");
    verb.add_option("--shard", o.shard, "one part of the plan, as 2/4; halfopen merge puts the parts together");
}

} // namespace

Plan plan_of_command(const std::vector<std::string>& words) {
    CLI::App app;
    RunOptions options;
    add_options(*app.add_subcommand("run"), options);
    std::vector<std::string> reversed(words.rbegin(), words.rend()); // CLI11 takes them from the back.
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& e) {
        throw BadInput(fmt::format("the run line holds a command that this halfopen does not know ({})", e.what()));
    }
    read_times(options);
    options.selection.virtual_time = options.lab == "virtual";
    return make_plan(options.selection);
}

void add_run(CLI::App& app) {
    auto* verb = app.add_subcommand("run", "runs the scenario matrix and writes a results folder");
    auto o = std::make_shared<RunOptions>();
    add_options(*verb, *o);
    verb->callback([o, verb] {
        o->command = repeatable(*verb, "run");
        o->command.insert(o->command.begin() + 1, o->selection.what.begin(), o->selection.what.end());
        run(*o);
    });
}

} // namespace halfopen
