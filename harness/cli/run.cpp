// halfopen run: the scenario matrix, measured.

#include <algorithm>
#include <fstream>
#include <set>

#include <CLI/CLI.hpp>

#include "harness/base/error.h"
#include "harness/cli/require.h"
#include "harness/cli/runner.h"
#include "harness/cli/verbs.h"
#include "harness/lab/capacity.h"
#include "harness/trial/schedule.h"
#include "harness/lab/supervisor.h"
#include "harness/trial/store.h"
#include "reports/markdown.h"
#include "reports/terminal.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// How long a plan takes: building and firing cost some milliseconds a world, then the horizons overlap.
Duration expected_duration(const Plan& plan, int capacity) {
    Duration before{0};
    for (const PlannedTrial& t : plan.trials) before = std::max(before, t.before_fault);
    const int run = plan.count_run(), batches = (run + capacity - 1) / std::max(1, capacity);
    return run * 15ms + batches * (before + plan.horizon + 2s);
}

std::string say_plan(const Plan& plan) {
    const Capacity capacity = measure_capacity();
    const auto longest = plan.longest_wait();
    const int skipped = static_cast<int>(plan.trials.size()) - plan.count_run();
    std::string text = fmt::format("{} trials{}, about {}", plan.count_run(),
                                   skipped ? fmt::format(" (and {} that do not apply)", skipped) : "",
                                   say(std::chrono::duration_cast<std::chrono::seconds>(
                                       expected_duration(plan, capacity.worlds))));
    if (longest.wait > 1s) text += fmt::format("; the longest wait is {}, {}", longest.label, say(longest.wait));
    text += fmt::format("; every failure is watched for {}", say(plan.horizon));
    if (capacity.worlds < plan.count_run())
        text += fmt::format("; in batches of {}, bounded by {}", capacity.worlds, capacity.bound_by);
    return text;
}

void dry_run(const Plan& plan, bool json) {
    if (json) {
        for (const PlannedTrial& t : plan.trials) fmt::print("{}\n", to_json(not_run(t, Outcome::skipped, "dry run")));
        return;
    }
    const Capacity capacity = measure_capacity();
    fmt::print("{}\nat most {} worlds at once on this machine, bounded by {}\n", say_plan(plan), capacity.worlds,
               capacity.bound_by);
    for (const PlannedTrial& t : plan.trials)
        fmt::print("{}{}\n", t.id, t.skip.empty() ? "" : "  skipped: " + t.skip);
}

void write_report(const Store& store) {
    const auto path = store.folder() / "report.md";
    std::ofstream file(path, std::ios::binary);
    file << markdown_report(read_records(store.file().string()));
    if (!file.flush())
        throw SystemError(fmt::format("writing {} (the records stay; halfopen report {} makes it again)", path.string(),
                                      store.folder().string()),
                          errno);
}

int finish(const Store& store, const std::vector<Requirement>& requirements, const Terminal& terminal, bool json,
           int signal) {
    if (!std::filesystem::exists(store.file()) || std::filesystem::file_size(store.file()) == 0)
        return signal ? 128 + signal : static_cast<int>(Exit::incomplete);
    write_report(store);
    const Records records = read_records(store.file().string());
    const TerminalStyle style{terminal.columns, terminal.ascii, terminal.colour, {}, {}};
    if (!json) fmt::print("{}\n{}", terminal_headline(records, style), terminal_matrix(records, style));
    fmt::print(stderr, "report: {}\n", (store.folder() / "report.md").string());
    if (signal) {
        fmt::print(stderr, "interrupted: {} trials are kept; the same command with --output {} goes on\n",
                   records.trials.size(), store.folder().string());
        return 128 + signal;
    }
    const auto sentences = broken(requirements, records);
    for (const std::string& sentence : sentences) fmt::print(stderr, "required, but broken: {}\n", sentence);
    if (!sentences.empty()) return static_cast<int>(Exit::requirement);
    for (const TrialLine& trial : records.trials)
        if (trial.outcome == Outcome::invalid) {
            fmt::print(stderr, "some trials are invalid; the report names them, the same command with --output {} repeats "
                               "them\n",
                       store.folder().string());
            return static_cast<int>(Exit::incomplete);
        }
    return 0;
}

void run(RunOptions& options) {
    Selection& selection = options.selection;
    if (!options.horizon.empty()) {
        selection.horizon = parse_duration(options.horizon);
        if (!selection.horizon || *selection.horizon < 1s)
            throw BadInput(fmt::format("--horizon {} is no duration of 1 s or more; write it with its unit: 80s, 2h",
                                       options.horizon));
    }
    std::vector<Requirement> requirements;
    for (const std::string& text : options.requirements) requirements.push_back(parse_requirement(text));
    const Plan plan = make_plan(selection);
    for (const Requirement& r : requirements)
        if (std::none_of(plan.trials.begin(), plan.trials.end(), [&](const PlannedTrial& t) {
                return t.spec == r.spec && t.scenario->name == r.scenario && t.skip.empty();
            }))
            throw BadInput(fmt::format("--require \"{}\": no trial of that cell is in the plan; add it to the selection", r.text));
    if (options.dry_run) return dry_run(plan, options.json);
    const Terminal terminal = look_at_terminal(options.colour, options.ascii);
    // The lab is asked for before the folder is made: a machine that cannot run leaves nothing behind.
    if (const std::string why = why_no_user_namespaces(); !why.empty())
        throw CannotHere(why + "; see halfopen doctor");
    Store store(options.output.empty() ? fresh_folder(plan.name) : std::filesystem::path(options.output), plan.digest());
    fmt::print(stderr, "{}\nresults: {}{}\n", say_plan(plan), store.folder().string(),
               store.is_resumed() ? fmt::format(" (resumed, {} trials are there)", store.done().size()) : "");
    const int signal = Runner(plan, options, store, terminal).run();
    set_exit_status(finish(store, requirements, terminal, options.json, signal));
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

} // namespace

void add_run(CLI::App& app) {
    auto* verb = app.add_subcommand("run", "runs the scenario matrix and writes a results folder");
    auto o = std::make_shared<RunOptions>();
    add_selection(*verb, *o);
    verb->add_option("-o,--output", o->output, "results folder; an existing one is resumed");
    verb->add_option("--lab", o->lab, "where worlds are built")->check(CLI::IsMember({"namespaces"}));
    verb->add_option("--jobs", o->jobs, "worlds alive at once, at most")->check(CLI::Range(1, 100000));
    verb->add_option("--require", o->requirements, "'DETECTOR SCENARIO <= 30s': exit 1 when it is not so")
        ->allow_extra_args(false);
    verb->add_option("--progress", o->progress, "auto, bar, lines or none")
        ->check(CLI::IsMember({"auto", "bar", "lines", "none"}));
    verb->add_option("--color,--colour", o->colour, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    verb->add_flag("--ascii", o->ascii, "no Unicode on the terminal");
    verb->add_flag("--dry-run", o->dry_run, "shows the plan and runs nothing");
    verb->add_flag("--json", o->json, "trial lines on stdout as they end");
    verb->callback([o, verb] {
        o->command = {"run"};
        for (const std::string& word : o->selection.what) o->command.push_back(word);
        // What only concerns the eye, or where the results go, is no part of how to repeat a run.
        const std::set<std::string> left_out{"--output", "--progress", "--color", "--ascii", "--json"};
        for (const CLI::Option* option : verb->get_options())
            if (option->count() > 0 && option->nonpositional() && !left_out.count(option->get_name()))
                for (const std::string& value : option->results()) {
                    o->command.push_back(option->get_name());
                    if (option->get_expected_max() > 0) o->command.push_back(value);
                }
        run(*o);
    });
}

} // namespace halfopen
