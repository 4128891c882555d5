// halfopen advise: the cheapest settings that notice what they must in time; by the rules at once, then measured.

#include <algorithm>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/base/names.h"
#include "harness/cli/advise_words.h"
#include "harness/cli/labs.h"
#include "harness/cli/results.h"
#include "harness/cli/runner.h"
#include "harness/cli/verbs.h"
#include "harness/trial/store.h"
#include "reports/text.h"

namespace halfopen {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct AdviseOptions {
    std::string within, kernel, output, lab = "namespaces", progress = "auto";
    std::vector<std::string> traffic, must_notice;
    int repeats = 3, jobs = 0;
    bool rules_only = false;
};

Duration read_within(const std::string& text) {
    const auto within = parse_duration(text);
    if (!within)
        throw BadInput(
            fmt::format("--within {} is no duration up to 1000 h; write it with its unit: 30s, 500ms, 5min", text));
    if (*within == 0ns) throw BadInput(fmt::format("--within {}: nothing is noticed in no time; write 30s", text));
    return *within;
}

Traffic read_traffic(const std::string& word) {
    if (const auto traffic = parse_traffic(word)) return *traffic;
    std::vector<std::string> names;
    for (int i = 0; i < traffic_count; ++i) names.emplace_back(info(static_cast<Traffic>(i)).name);
    throw BadInput(fmt::format("there is no traffic profile \"{}\"{}; profiles: {}", word, did_you_mean(word, names),
                               all_traffic()));
}

template <typename T> void add_once(std::vector<T>& list, const T& item) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

AdviceRequest read_request(const AdviseOptions& options, const KernelFacts& kernel) {
    AdviceRequest request = default_request(read_within(options.within), kernel);
    if (!options.traffic.empty()) request.traffic.clear();
    for (const std::string& word : options.traffic) add_once(request.traffic, read_traffic(word));
    if (!options.must_notice.empty()) request.must_notice.clear();
    for (const std::string& name : options.must_notice) add_once(request.must_notice, &find_scenario(name));
    const auto cells = asked_cells(request);
    for (const std::string& name : options.must_notice)
        if (std::none_of(cells.begin(), cells.end(), [&](const auto& cell) { return cell.first->name == name; }) &&
            find_scenario(name).truth != Truth::alive) {
            std::vector<std::string_view> sensible;
            for (const Traffic t : find_scenario(name).traffic) sensible.push_back(info(t).name);
            throw BadInput(fmt::format("--must-notice {} makes no sense with that traffic; with it: --traffic {}", name,
                                       join_names(sensible)));
        }
    if (cells.empty() && options.must_notice.empty())
        throw BadInput("no failure is left to notice with that traffic; name one: --must-notice silent-drop");
    return request;
}

/// What `run` is asked for, to measure exactly the asked cells. A little longer than the worst case is watched, so
/// that a notice that comes late is seen to come.
Selection selection_of(const Advice& advice, int repeats) {
    Selection selection;
    Duration worst{0};
    for (const AdvisedCell& cell : advice.cells) {
        add_once(selection.what, cell.scenario->name);
        add_once(selection.traffic, std::string(info(cell.traffic).name));
        worst = std::max(worst, cell.prediction.after.to);
    }
    selection.what.push_back(spec_of(*advice.detector));
    selection.repeats = repeats;
    selection.horizon = std::chrono::ceil<std::chrono::seconds>(worst) + 2s;
    return selection;
}

/// The command that runs the same again.
std::vector<std::string> run_command(const Selection& selection, const LabChoice& lab) {
    std::vector<std::string> words{"run"};
    words.insert(words.end(), selection.what.begin(), selection.what.end());
    for (const std::string& traffic : selection.traffic) words.insert(words.end(), {"--traffic", traffic});
    words.insert(words.end(),
                 {"--repeats", std::to_string(*selection.repeats), "--horizon", spell(*selection.horizon)});
    if (lab.guest) words.insert(words.end(), {"--lab", "virtual", "--kernel", lab.guest->name});
    return words;
}

/// Runs the asked cells and sets the slowest beside the rules; the exit status.
int measure(const Advice& advice, Duration within, const LabChoice& lab, const AdviseOptions& options) {
    must_run_here(lab);
    RunOptions run;
    run.selection = selection_of(advice, options.repeats);
    run.command = run_command(run.selection, lab);
    run.progress = options.progress;
    const Plan plan = plan_for(lab, run.selection);
    Store store(options.output.empty() ? fresh_folder("advise") : fs::path(options.output),
                {plan.digest(), lab.name(), lab.kernel()});
    fmt::print(stderr, "measuring: {}\nresults: {}\n", say_plan(lab, plan), store.folder().string());
    const int signal = Runner(lab, plan, run, store, look_at_terminal("auto", false)).run();
    const bool empty = !fs::exists(store.file()) || fs::file_size(store.file()) == 0;
    if (empty) fmt::print(stderr, "{} before anything was over\n", signal ? "interrupted" : "ended");
    if (empty) return signal ? 128 + signal : static_cast<int>(Exit::incomplete);
    const Records records = read_records(store.file().string());
    write_reports(store.folder(), records);
    fmt::print(stderr, "report: {} and report.html\n", (store.folder() / "report.md").string());
    const Measured measured = slowest_of(records);
    const Result result = say_result(advice, within, measured);
    fmt::print("\n{}\n{}\n", say_table(advice, &measured), wrapped((signal ? "So far: " : "") + result.sentence, 80));
    std::fflush(stdout);
    if (signal)
        fmt::print(stderr, "interrupted: {} trials are kept; the same command with --output {} goes on\n",
                   records.trials.size(), store.folder().string());
    if (signal) return 128 + signal;
    if (!result.kept) return static_cast<int>(Exit::requirement);
    if (result.invalid) return static_cast<int>(Exit::incomplete);
    return result.nothing_ran ? static_cast<int>(Exit::machine) : 0;
}

void run(const AdviseOptions& options) {
    // What is wrong with the request is said before what this machine lacks.
    read_request(options, KernelFacts{});
    const LabChoice lab = choose_lab(options.lab, options.kernel, options.jobs);
    KernelFacts kernel = own_kernel();
    if (lab.guest) kernel = KernelFacts{.hz = lab.guest->hz};
    const AdviceRequest request = read_request(options, kernel);
    const Advice advice = advise(request);
    if (!advice.detector) {
        fmt::print("{}", say_refusal(advice));
        return set_exit_status(static_cast<int>(Exit::requirement));
    }
    fmt::print("{}\nBy the rules, at HZ {} and with Linux's own sysctls:\n\n{}\n{}", say_settings(advice), kernel.hz,
               say_table(advice), say_price(advice, request));
    std::fflush(stdout); // The rules stand there before the first second of measuring.
    if (!options.rules_only) set_exit_status(measure(advice, request.within, lab, options));
}

} // namespace

void add_advise(CLI::App& app) {
    auto* verb = app.add_subcommand(
        "advise", "the cheapest settings that notice a vanished client in time, and their measurement");
    auto o = std::make_shared<AdviseOptions>();
    verb->add_option("--within", o->within, "from the failure to the notice at most, as 30s")->required();
    verb->add_option("-t,--traffic", o->traffic, "traffic profiles of your server; default: idle and one-write")
        ->allow_extra_args(false);
    verb->add_option("--must-notice", o->must_notice,
                     "failures that must be noticed; default: silent-drop, host-crash, "
                     "host-reboot, reset-by-middlebox")
        ->allow_extra_args(false);
    verb->add_flag("--rules-only", o->rules_only, "stops before measuring");
    verb->add_option("-n,--repeats", o->repeats, "of every measured cell; default: 3")->check(CLI::Range(1, 10000));
    verb->add_option("--lab", o->lab, "where it is measured: namespaces (in real time) or virtual (hours in seconds)")
        ->check(CLI::IsMember({"namespaces", "virtual"}));
    verb->add_option("--kernel", o->kernel, "guest's kernel, for the virtual lab: 6.1, 6.12 or a path");
    verb->add_option("--jobs", o->jobs, "worlds, or virtual machines, at a time, at most")
        ->check(CLI::Range(1, 100000));
    verb->add_option("-o,--output", o->output, "results folder; an existing one is resumed");
    verb->add_option("--progress", o->progress, "auto, bar, lines or none")
        ->check(CLI::IsMember({"auto", "bar", "lines", "none"}));
    verb->callback([o] { run(*o); });
}

} // namespace halfopen
