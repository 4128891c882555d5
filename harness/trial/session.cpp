#include "harness/trial/session.h"

#include <sstream>

#include <sys/socket.h>

#include "harness/base/error.h"
#include "harness/linux/machine.h"
#include "harness/trial/real_lab.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

// One message is one letter and its text. Trials and facts travel as the lines that they become in the file.
enum Letter : char { facts = 'r', trial = 't', progress = 'p', failure = 'e', finished = 'd' };

void tell(const Fd& channel, Letter letter, const std::string& text) {
    const std::string message = static_cast<char>(letter) + text;
    check(send(channel.get(), message.data(), message.size(), MSG_NOSIGNAL), "telling the program");
}

std::string facts_line(const NamespacesLab& lab, const Floor& floor) {
    RunLine line;
    line.sysctl = lab.sysctl();
    line.floor = floor;
    line.hz = lab.kernel().hz;
    return to_json(line);
}

ScheduleEvents events_to(const Fd& channel) {
    ScheduleEvents events;
    events.finished = [&channel](const TrialLine& line) { tell(channel, trial, to_json(line)); };
    // Ten times a second is enough for people, and every message wakes the program.
    events.progress = [&channel, last = Instant{}, last_phase = std::string()](std::string_view phase, int done, int total,
                                                                               Instant until) mutable {
        const Instant now = MonotonicClock::now();
        // While faults are fired the program sleeps: only the first moment is told.
        const bool quiet = phase == "firing" ? phase == last_phase : phase == last_phase && now - last < 250ms;
        if (quiet && done != total) return;
        last = now;
        last_phase = phase;
        tell(channel, progress, fmt::format("{} {} {} {}", phase, done, total, until.time_since_epoch().count()));
    };
    return events;
}

/// Runs inside the supervisor.
int run_lab(const std::vector<PlannedTrial>& trials, uint64_t seed, int jobs, const Fd& channel) {
    try {
        NamespacesLab lab(channel);
        if (jobs > 0) lab.limit_capacity(jobs);
        const auto floor = measure_floor(lab);
        if (!floor) return 0;
        tell(channel, facts, facts_line(lab, *floor));
        if (run_schedule(lab, trials, seed, events_to(channel))) tell(channel, finished, "");
        return 0;
    } catch (const Error& e) {
        tell(channel, failure, fmt::format("{} {}", static_cast<int>(e.exit()), e.what()));
    } catch (const std::exception& e) {
        tell(channel, failure, fmt::format("{} {}", static_cast<int>(Exit::incomplete), e.what()));
    }
    return 1;
}

[[noreturn]] void rethrow(const std::string& text) {
    const auto exit = static_cast<Exit>(text[0] - '0');
    throw Error(exit, text.substr(2));
}

Progress read_progress(const std::string& text) {
    Progress p;
    long long until = 0;
    std::istringstream(text) >> p.phase >> p.done >> p.total >> until;
    p.until = Instant{Duration{until}};
    return p;
}

} // namespace

Session::Session(std::vector<PlannedTrial> trials, uint64_t seed, int jobs)
    : supervisor_([trials = std::move(trials), seed, jobs](const Fd& channel) {
          return run_lab(trials, seed, jobs, channel);
      }) {}

std::optional<Heard> Session::hear() {
    std::string message(1 << 18, '\0');
    const ssize_t n = recv(fd(), message.data(), message.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    if (n <= 0) throw Error(Exit::incomplete, "the lab has ended without a word; what was measured is kept");
    message.resize(static_cast<size_t>(n));
    const std::string text = message.substr(1);
    switch (message[0]) {
    case failure: rethrow(text);
    case progress: return read_progress(text);
    case finished: return Finished{};
    case facts: {
        const auto line = std::get<RunLine>(*parse_line(text));
        return LabFacts{line.sysctl, line.floor, line.hz};
    }
    default: return std::get<TrialLine>(*parse_line(text));
    }
}

} // namespace halfopen
