#include "harness/trial/own_server.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <netinet/tcp.h>

#include "detectors/predicting.h"
#include "harness/base/error.h"
#include "harness/base/names.h"
#include "harness/linux/socket.h"

namespace halfopen {

namespace fs = std::filesystem;

using namespace std::chrono_literals;

namespace {

/// Programs whose argument is the program that is meant.
bool runs_others(const std::string& program) {
    constexpr std::array<std::string_view, 12> names{"env",  "perl", "ruby",    "node", "php",     "sh",
                                                     "bash", "dash", "setpriv", "nice", "timeout", "stdbuf"};
    return program.starts_with("python") || std::find(names.begin(), names.end(), program) != names.end();
}

/// "--reuid 65534" is no program, and neither is "NAME=value".
bool is_option_or_value(const std::string& word) {
    return word.starts_with("-") || word.find('=') != std::string::npos || word.find_first_not_of("0123456789") == std::string::npos;
}

/// Its description owns its words: it is about a command that was typed a moment ago.
class OwnMethod final : public Detector {
public:
    OwnMethod(const OwnServer& server, std::optional<SocketTimers> timers, Duration answers_within)
        : name_(server.name()), summary_(fmt::format("your own server: {}", fmt::join(server.command.words, " "))),
          timers_(timers), answers_within_(answers_within) {
        about_.name = name_;
        about_.label = name_;
        about_.summary = summary_;
    }
    const Description& describe() const override { return about_; }
    const Settings& settings() const override { return settings_; }
    std::string label() const override { return name_; }
    Timing timing() const override { return {.anchor = "last segment received", .period = timers_ && timers_->keepalive ? timers_->idle : 0ns}; }
    SocketTimers socket_timers() const override { return timers_.value_or(SocketTimers{}); }

    Prediction predict(const Situation& planned) const override {
        if (!timers_) return unknown("the options of its socket are read when there is one");
        Situation s = planned;
        std::optional<Window> answer;
        if (s.traffic == Traffic::one_write) answer = Window{0ns, answers_within_};
        s.traffic = Traffic::idle; // The answer is its one write, and comes when the program has made it.
        const SocketEvent event = socket_events(s, *timers_, answer);
        if (event.kind == SocketEvent::Kind::never)
            return unknown("no option of its socket ends this (" + event.rule + "); only the program itself could");
        if (event.kind == SocketEvent::Kind::eof || event.kind == SocketEvent::Kind::eof_or_error)
            return unknown(event.rule + "; what the program makes of it is its own affair");
        Prediction p = hears(event);
        p.signal.clear();
        if (p.kind == Prediction::Kind::window) p.after.to += at_once.to; // It has to wake up, and to close.
        return p;
    }

    void watch(Connection&, Out&) const override {}

private:
    std::string name_, summary_;
    Description about_;
    Settings settings_;
    std::optional<SocketTimers> timers_;
    Duration answers_within_;
};

const std::vector<Traffic> traffic_to_try{Traffic::idle, Traffic::one_write};

Traffic read_traffic(const std::string& word) {
    const auto traffic = parse_traffic(word);
    if (traffic && std::find(traffic_to_try.begin(), traffic_to_try.end(), *traffic) != traffic_to_try.end()) return *traffic;
    throw BadInput(fmt::format("--traffic {}: a server that is not ours can be tried with idle (it only waits) and one-write (it has just "
                               "written)", word));
}

/// Why a cell cannot be run with this server; empty when it can.
std::string why_skipped(const OwnServer& server, const Scenario& scenario, Traffic traffic) {
    const bool own_client = !server.client.command.empty();
    if (traffic == Traffic::one_write && (own_client || server.client.ask.empty()))
        return "without --hello, or --ask, nobody can make the server write at the fault";
    if (scenario.is_storm()) return "signals would be for a process of ours";
    for (const FaultEntry& fault : scenario.faults)
        if (fault.kind->about.of_our_client) return "only a client of the lab's own can do this";
    if (own_client && (scenario.effect() == Effect::fin || scenario.effect() == Effect::reset) && scenario.faults.front().kind->about.by_client)
        return "only your own client can close its connection";
    return {};
}

} // namespace

std::string OwnServer::name() const {
    const auto file = [](const std::string& word) { return fs::path(word).filename().string(); };
    // In "env NAME=value PROGRAM" and in "python3 server.py" what comes last is meant; in "python3 -c TEXT" nothing is.
    auto word = command.words.begin();
    while (word != command.words.end() && (is_option_or_value(*word) || runs_others(file(*word))))
        if (*word++ == "-c") return file(command.words.front());
    return file(word == command.words.end() ? command.words.front() : *word);
}

std::shared_ptr<const Detector> method_of(const OwnServer& server, std::optional<SocketTimers> timers, Duration answers_within) {
    return std::make_shared<OwnMethod>(server, timers, answers_within);
}

SocketTimers timers_of(const OptionsLine& o) {
    SocketTimers timers{.keepalive = o.keepalive, .user_timeout = o.user_timeout};
    if (!o.keepalive) return timers;
    timers.idle = o.idle;
    timers.interval = o.interval;
    timers.count = o.count;
    return timers;
}

OptionsLine read_options(int fd) {
    OptionsLine o;
    o.keepalive = get_option(fd, SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE") != 0;
    o.idle = std::chrono::seconds{get_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE")};
    o.interval = std::chrono::seconds{get_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, "TCP_KEEPINTVL")};
    o.count = get_option(fd, IPPROTO_TCP, TCP_KEEPCNT, "TCP_KEEPCNT");
    o.user_timeout = std::chrono::milliseconds{get_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT")};
    return o;
}

std::vector<std::string> default_scenarios_to_try() {
    return {"half-close", "silent-drop", "host-crash", "host-reboot", "reset-by-middlebox", "process-stopped"};
}

Plan plan_of(const OwnServer& server, const OwnServerSelection& selection) {
    Plan plan;
    plan.name = "try";
    plan.seed = selection.seed;
    plan.repeats = selection.repeats;
    plan.horizon = selection.horizon;
    std::vector<Traffic> profiles;
    for (const std::string& word : selection.traffic) profiles.push_back(read_traffic(word));
    if (profiles.empty()) profiles = server.client.ask.empty() ? std::vector{Traffic::idle} : traffic_to_try;
    PlannedTrial trial;
    trial.detector = method_of(server);
    trial.spec = server.name();
    trial.horizon = plan.horizon;
    trial.planned = std::make_shared<const Prediction>(trial.detector->predict({}));
    for (const Traffic traffic : profiles)
        for (const std::string& word : selection.scenarios.empty() ? default_scenarios_to_try() : selection.scenarios) {
            trial.scenario = &find_scenario(word);
            trial.traffic = traffic;
            trial.skip = why_skipped(server, *trial.scenario, traffic);
            trial.heal_after = trial.scenario->heals_after(0ns);
            for (int i = 0; i < plan.repeats; ++i) {
                trial.repeat = i + 1;
                trial.id = fmt::format("{}/{}/{}/r{}", trial.scenario->name, info(traffic).name, trial.spec, trial.repeat);
                trial.phase = (i + 0.5) / plan.repeats;
                trial.before_fault = settled_after;
                plan.trials.push_back(trial);
            }
        }
    return plan;
}

Duration before_fault(const PlannedTrial& trial, const SocketTimers& timers, Duration sweep_up_to) {
    const Duration least = settled_after + 4 * trial.scenario->one_way;
    if (!timers.keepalive || timers.idle > sweep_up_to) return least;
    return std::max(least, Duration{static_cast<int64_t>(static_cast<double>(timers.idle.count()) * trial.phase)});
}

} // namespace halfopen
