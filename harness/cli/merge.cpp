// halfopen merge: the records of shards become those of one run. Needs no privileges.

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <CLI/CLI.hpp>

#include "harness/base/error.h"
#include "harness/cli/results.h"
#include "harness/cli/runner.h"
#include "harness/cli/verbs.h"
#include "reports/text.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

/// "2/4" of "run starter --shard 2/4"; empty for a run of the whole plan.
std::string shard_of(const RunLine& run) {
    const auto found = std::find(run.command.begin(), run.command.end(), "--shard");
    return found == run.command.end() || found + 1 == run.command.end() ? "" : *(found + 1);
}

/// BadInput where two folders are not of one plan; what else differs is said.
void must_belong_together(const Records& first, const Records& other) {
    const RunLine &a = first.runs.front(), &b = other.runs.front();
    if (a.plan_digest != b.plan_digest || a.seed != b.seed)
        throw BadInput(fmt::format("{} holds another plan than {} ({} against {}); only shards of one run are merged, halfopen "
                                   "report sets others side by side", other.file, first.file, fmt::join(b.command, " "), fmt::join(a.command, " ")));
    if (a.lab != b.lab || a.kernel != b.kernel)
        throw BadInput(fmt::format("{} is of the {} lab on kernel {}, {} of the {} lab on {}; halfopen report sets them side by side", other.file, b.lab,
                                   b.kernel, first.file, a.lab, a.kernel));
    if (a.halfopen != b.halfopen || a.executable != b.executable)
        fmt::print(stderr, "mind: {} was made by another build of halfopen than {}\n", other.file, first.file);
}

/// What became of one trial in all the folders.
struct Attempts {
    std::vector<TrialLine> invalid; ///< each once
    std::optional<TrialLine> answer;

    /// The first answer stands before a copy.
    void add(const TrialLine& trial) {
        if (trial.outcome != Outcome::invalid) {
            if (!answer) answer = trial;
            return;
        }
        const std::string line = to_json(trial);
        if (std::none_of(invalid.begin(), invalid.end(), [&](const TrialLine& other) { return to_json(other) == line; })) invalid.push_back(trial);
    }
};

std::map<std::string, Attempts> attempts_of(const std::vector<Records>& all) {
    std::map<std::string, Attempts> trials;
    for (const Records& records : all)
        for (const auto* lines : {&records.replaced, &records.trials})
            for (const TrialLine& trial : *lines) trials[trial.id].add(trial);
    return trials;
}

void write_trial(Store& store, const TrialLine& trial) {
    if (trial.capture)
        for (const CaptureLine& part : in_parts(trial.id, trial.attempt, *trial.capture)) store.append(part);
    store.append(trial);
}

/// In the plan's order, so that the same records are the same file whatever the shards were.
std::vector<std::string> write_all(Store& store, const std::vector<Records>& all, const Plan& plan) {
    const auto trials = attempts_of(all);
    EndLine end;
    for (const Records& records : all) {
        for (const RunLine& run : records.runs) store.append(run);
        if (records.end) {
            end.wall += records.end->wall;
            end.virtual_time += records.end->virtual_time;
        }
    }
    std::vector<std::string> missing;
    for (const PlannedTrial& planned : plan.trials) {
        const auto found = trials.find(planned.id);
        if (found == trials.end()) {
            missing.push_back(planned.id);
            continue;
        }
        // An invalid attempt in front of its answer is one that was repeated.
        const Attempts& attempts = found->second;
        for (const TrialLine& trial : attempts.invalid) write_trial(store, trial);
        if (attempts.answer) write_trial(store, *attempts.answer);
        ++end.trials;
        end.invalid += !attempts.answer;
    }
    end.interrupted = !missing.empty();
    store.append(end);
    return missing;
}

/// Which shards are not there, by the numbers of those that are.
std::string say_missing_shards(const std::vector<Records>& all) {
    std::set<int> there;
    int count = 0;
    for (const Records& records : all)
        for (const RunLine& run : records.runs)
            if (const std::string text = shard_of(run); !text.empty()) {
                const Shard shard = parse_shard(text);
                there.insert(shard.number);
                count = shard.count;
            }
    std::vector<std::string> absent;
    for (int i = 1; i <= count; ++i)
        if (!there.count(i)) absent.push_back(fmt::format("{}/{}", i, count));
    return absent.empty() ? "" : fmt::format("; shard {} is not among them", list_of(absent));
}

/// Which of those that are there did not come to their end.
std::string say_unfinished_shards(const std::vector<Records>& all) {
    std::vector<std::string> unfinished;
    for (const Records& records : all)
        if (const std::string shard = shard_of(records.runs.back()); !records.end || records.end->interrupted)
            unfinished.push_back(fmt::format("{}{}", shard.empty() ? "" : fmt::format("shard {} in ", shard), records.file));
    return unfinished.empty() ? "" : fmt::format("; {} did not come to its end", list_of(unfinished));
}

int merge(const std::vector<std::string>& folders, const std::string& output) {
    std::vector<Records> all;
    for (const std::string& folder : folders) all.push_back(read_records(folder));
    for (const Records& records : all) must_belong_together(all.front(), records);
    for (const Records& records : all)
        if (records.torn) fmt::print(stderr, "mind: the last line of {} was cut off, and is left out\n", records.file);
    const RunLine& first = all.front().runs.front();
    const Plan plan = plan_of_command(first.command);
    if (static_cast<int>(plan.trials.size()) != first.trials)
        throw BadInput(fmt::format("{}: this halfopen makes {} trials of that command, the run had {}; merge with the version that made it ({})",
                                   all.front().file, plan.trials.size(), first.trials, first.halfopen));
    const fs::path folder = output.empty() ? fresh_folder(first.plan + "-merged") : fs::path(output);
    if (fs::exists(folder / "trials.jsonl")) throw BadInput(fmt::format("{} holds records already; name another folder with --output", folder.string()));
    Store store(folder, {first.plan_digest, first.lab, first.kernel});
    const auto missing = write_all(store, all, plan);
    write_reports(folder, read_records(folder.string()));
    fmt::print("{}\n", (folder / "report.md").string());
    if (missing.empty()) return 0;
    constexpr size_t most = 20;
    std::string all_missing;
    for (const std::string& id : missing) all_missing += id + "\n";
    write_page(folder / "missing.txt", all_missing);
    for (size_t i = 0; i < std::min(most, missing.size()); ++i) fmt::print(stderr, "missing: {}\n", missing[i]);
    if (missing.size() > most) fmt::print(stderr, "... and {} more, all in {}\n", missing.size() - most, (folder / "missing.txt").string());
    fmt::print(stderr, "{} of {} trials are missing{}{}\n", missing.size(), plan.trials.size(), say_missing_shards(all),
               say_unfinished_shards(all));
    return static_cast<int>(Exit::requirement);
}

} // namespace

void add_merge(CLI::App& app) {
    auto* verb = app.add_subcommand("merge", "puts the records of shards together; exit 1 when some are missing");
    auto folders = std::make_shared<std::vector<std::string>>();
    auto output = std::make_shared<std::string>();
    verb->add_option("RESULTS", *folders, "results folders, or their trials.jsonl")->required();
    verb->add_option("-o,--output", *output, "the folder that is made");
    verb->callback([=] { set_exit_status(merge(*folders, *output)); });
}

} // namespace halfopen
