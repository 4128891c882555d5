#include "harness/trial/session.h"

#include <algorithm>
#include <utility>

#include <sys/socket.h>

#include "harness/base/error.h"
#include "harness/lab/capacity.h"
#include "harness/linux/machine.h"
#include "harness/linux/ruleset.h"
#include "harness/trial/capture.h"
#include "harness/trial/program_lab.h"
#include "harness/trial/real_lab.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

void tell(const Fd& channel, const std::string& message) {
    check(send(channel.get(), message.data(), message.size(), MSG_NOSIGNAL), "telling the program");
}

ScheduleEvents events_to(const Fd& channel) {
    ScheduleEvents events;
    events.finished = [&channel](const TrialLine& line) {
        if (line.capture)
            for (const CaptureLine& part : in_parts(line.id, line.attempt, *line.capture)) tell(channel, message(part));
        tell(channel, message(line));
    };
    // Ten times a second is enough for people, and every message wakes the program.
    events.progress = [&channel, last = Instant{}, last_phase = std::string()](std::string_view phase, int done, int total,
                                                                               Instant until) mutable {
        const Instant now = MonotonicClock::now();
        // While faults are fired the program sleeps: only the first moment is told.
        const bool quiet = phase == "firing" ? phase == last_phase : phase == last_phase && now - last < 250ms;
        if (quiet && done != total) return;
        last = now;
        last_phase = phase;
        tell(channel, message(Progress{std::string(phase), done, total, until}));
    };
    return events;
}

constexpr size_t longest_log = 100'000;

/// The same with a server of the user's own; false when it was stopped.
bool try_server(const LabTask& task, NamespacesLab& base, LabFacts facts, const Fd& channel) {
    CommandLog client_log;
    const std::shared_ptr<CommandLog> log = task.log ? task.log : std::make_shared<CommandLog>();
    ProgramLab lab(base, channel, *task.server, task.instants.get(), *log, client_log);
    if (!lab.found()) return false;
    facts.server = lab.found();
    tell(channel, message(facts));
    std::vector<PlannedTrial> trials = task.trials;
    for (PlannedTrial& trial : trials) {
        trial.before_fault = before_fault(trial, lab.timers(), task.sweep_up_to);
        if (!task.server->client.command.empty()) trial.before_fault = std::max(trial.before_fault, own_client_starts);
    }
    const bool finished = run_schedule(lab, trials, task.seed, events_to(channel));
    if (const std::string had_to_be_killed = lab.end(); !had_to_be_killed.empty())
        tell(channel, message(Remark{had_to_be_killed}));
    // Where the program cannot see it, the log travels.
    if (!task.log) tell(channel, message(ServerLog{log->text().substr(0, longest_log)}));
    return finished;
}

/// Runs inside the supervisor.
int run_lab(LabTask& task, const Fd& channel) {
    try {
        const Instant began = MonotonicClock::now();
        NamespacesLab lab(channel, task.instants.get(), task.why_no_instants, task.worlds, [&task] { std::exchange(task.trials, {}); });
        const auto floor = measure_floor(lab, task.floor_samples);
        if (!floor) return 0;
        LabFacts facts{lab.sysctl(), *floor, lab.kernel().hz, kernel_release(), online_cpus(), {}, {}};
        const auto finished = [&] { tell(channel, message(Finished{MonotonicClock::now() - began})); };
        if (task.server) {
            if (try_server(task, lab, std::move(facts), channel)) finished();
            return 0;
        }
        tell(channel, message(facts));
        if (run_schedule(lab, task.trials, task.seed, events_to(channel))) finished();
        return 0;
    } catch (const Error& e) {
        tell(channel, message_of_error(e.exit(), e.what()));
    } catch (const std::exception& e) {
        tell(channel, message_of_error(Exit::incomplete, e.what()));
    }
    return 1;
}

/// Rings of packets take memory, of which a guest has little.
LabTask with_room_for_captures(LabTask task) {
    if (std::any_of(task.trials.begin(), task.trials.end(), [](const PlannedTrial& t) { return t.capture; }))
        task.worlds = task.worlds > 0 ? std::min(task.worlds, most_captured_worlds) : most_captured_worlds;
    return task;
}

/// Only root can have them, and only before there are namespaces. Loading is the one way to know whether they can be had.
LabTask with_instants(LabTask task) {
    const auto reported = std::count_if(task.trials.begin(), task.trials.end(),
                                        [](const PlannedTrial& t) { return t.skip.empty() && needs_reports(*t.detector); });
    // Those that the machine spoils come back beside the ones that are still watched.
    const int rings = static_cast<int>(std::min<long>(2 * reported, task.worlds > 0 ? task.worlds : measure_capacity().worlds));
    raise_descriptor_limit();
    hold_numbers_for_rules(); // A ring is a descriptor, and there may be a thousand.
    try {
        task.instants = std::make_shared<SocketStates>(rings);
        if (task.instants->rings() < rings) task.worlds = task.instants->rings();
    } catch (const Error& e) { // Then `try` sees the instants by looking, and all others go without.
        task.why_no_instants = e.what();
    }
    return task;
}

} // namespace

NamespacesSession::NamespacesSession(LabTask task) : NamespacesSession(std::move(task), task.server.has_value()) {}

NamespacesSession::NamespacesSession(LabTask&& task, bool everybody)
    : supervisor_([task = with_instants(with_room_for_captures(std::move(task)))](const Fd& channel) mutable { return run_lab(task, channel); },
                  everybody ? Supervisor::Users::everybody : Supervisor::Users::root_only) {}

std::optional<std::string> NamespacesSession::hear_text() {
    std::string message(1 << 18, '\0');
    const ssize_t n = recv(fd(), message.data(), message.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    if (n <= 0) throw Error(Exit::incomplete, "the lab has ended without a word; what was measured is kept");
    message.resize(static_cast<size_t>(n));
    return message;
}

std::optional<Heard> NamespacesSession::hear() {
    if (const auto message = hear_text()) return read_message(*message);
    return std::nullopt;
}

} // namespace halfopen
