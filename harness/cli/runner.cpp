#include "harness/cli/runner.h"

#include <algorithm>

#include <poll.h>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/cli/own_server_words.h"
#include "harness/linux/interrupts.h"
#include "harness/linux/machine.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

RunLine run_line(const LabChoice& lab, const Plan& plan, const RunOptions& options, const LabFacts& facts) {
    RunLine line;
    line.halfopen = HALFOPEN_VERSION;
    line.executable = sha256(read_text("/proc/self/exe"));
    line.started = utc_now();
    line.command = options.command;
    line.plan = plan.name;
    line.plan_digest = plan.digest();
    line.seed = plan.seed;
    line.lab = lab.name();
    line.clock = lab.clock();
    line.guest = bound_to(lab, plan, facts);
    line.kernel = facts.kernel;
    line.hz = facts.hz;
    line.cpus = facts.cpus;
    line.trials = static_cast<int>(plan.trials.size());
    line.repeats = plan.repeats;
    line.horizon = plan.horizon;
    line.sysctl = facts.sysctl;
    line.server = facts.server;
    line.floor = facts.floor;
    line.load_before = load_average();
    line.scenarios = plan.scenario_heads();
    line.detectors = plan.detector_heads();
    return line;
}

} // namespace

Runner::Runner(const LabChoice& lab, const Plan& plan, const RunOptions& options, Store& store, const Terminal& terminal)
    : lab_(lab), plan_(plan), options_(options), store_(store), view_(options.progress, terminal, plan, lab.guest.has_value()) {
    if (store.is_resumed()) records_ = read_records(store.file().string());
    if (records_.runs.size()) view_.begin(records_);
}

int Runner::run() {
    std::set<std::string> left_out = store_.done();
    if (!options_.shard.empty()) left_out.merge(ids_of_others(lab_, plan_, parse_shard(options_.shard)));
    const auto is_left_out = [&](const PlannedTrial& t) { return left_out.count(t.id) > 0; };
    if (std::all_of(plan_.trials.begin(), plan_.trials.end(), is_left_out)) return 0;
    const Instant began = MonotonicClock::now();
    const auto session = open_lab(lab_, plan_, left_out);
    Interrupts interrupts;
    const int signal = listen(*session, interrupts);
    view_.end();
    append_end(MonotonicClock::now() - began, signal != 0);
    return signal;
}

int Runner::listen(Session& session, Interrupts& interrupts) {
    for (;;) {
        pollfd fds[2] = {{session.fd(), POLLIN, 0}, {interrupts.fd(), POLLIN, 0}};
        poll(fds, 2, 500);
        if (const int signal = interrupts.take()) {
            session.stop();
            drain(session);
            return signal;
        }
        if (fds[0].revents)
            while (const auto heard = session.hear())
                if (!take(*heard)) return 0;
        view_.tick();
        on_tick_();
    }
}

/// What the lab had told before it was interrupted is not lost.
void Runner::drain(Session& session) {
    try {
        while (const auto heard = session.hear())
            if (!take(*heard)) return;
    } catch (const Error&) { // It may have ended on the same signal.
    }
}

bool Runner::take(const Heard& heard) {
    if (const auto* facts = std::get_if<LabFacts>(&heard)) {
        records_.runs.push_back(run_line(lab_, plan_, options_, *facts));
        if (auto& server = records_.runs.back().server) {
            complete(*server, plan_, *facts, options_.within);
            fmt::print(stderr, "{}\n", introduce(records_.runs.back()));
        }
        store_.append(records_.runs.back());
        view_.begin(records_);
    } else if (const auto* trial = std::get_if<TrialLine>(&heard)) {
        // A portion that was torn is repeated whole; what was measured then is what is measured now.
        if (store_.done().count(trial->id)) return true;
        store_.append(*trial);
        if (options_.json) fmt::print("{}\n", to_json(*trial));
        add(*trial);
        view_.show(*trial);
    } else if (const auto* packets = std::get_if<CaptureLine>(&heard)) {
        if (!store_.done().count(packets->id)) store_.append(*packets);
    } else if (const auto* progress = std::get_if<Progress>(&heard)) {
        view_.show(*progress);
    } else if (const auto* remark = std::get_if<Remark>(&heard)) {
        remarks_.push_back(remark->text);
    } else if (const auto* log = std::get_if<ServerLog>(&heard)) {
        server_log_ = log->text;
    } else {
        lab_time_ = std::get<Finished>(heard).lab_time;
        return false;
    }
    return true;
}

void Runner::add(const TrialLine& trial) {
    std::erase_if(records_.trials, [&](const TrialLine& old) { return old.id == trial.id; });
    records_.trials.push_back(trial);
}

void Runner::append_end(Duration wall, bool interrupted) {
    if (records_.runs.empty()) return; // Not even the floor was measured: there is nothing to end.
    EndLine end;
    end.wall = wall;
    if (lab_.guest) end.virtual_time = lab_time_;
    end.interrupted = interrupted;
    end.trials = static_cast<int>(records_.trials.size());
    for (const TrialLine& trial : records_.trials) end.invalid += trial.outcome == Outcome::invalid;
    store_.append(end);
}

} // namespace halfopen
