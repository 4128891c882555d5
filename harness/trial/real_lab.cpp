#include "harness/trial/real_lab.h"

#include <algorithm>

#include <poll.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/machine.h"
#include "harness/linux/ruleset.h"
#include "harness/trial/kernel_facts.h"
#include "harness/trial/trial.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

int capacity_for(int worlds) {
    raise_descriptor_limit();
    const int most = measure_capacity().worlds;
    return worlds > 0 ? std::min(most, worlds) : most;
}

/// Connections beside those of the schedule: the first look at a server of the user's own.
constexpr int first_looks = 1;

} // namespace

NetNamespace keep_hooks_awake() {
    std::string chains;
    for (const char* hook : {"prerouting", "input", "forward", "postrouting"})
        chains += fmt::format("chain {0} {{ type filter hook {0} priority filter; }}; ", hook);
    load_rules("table ip awake { " + chains + "}");
    return NetNamespace::current();
}

NamespacesLab::NamespacesLab(const Fd& channel, SocketStates* instants, std::string why_no_instants, int worlds,
                             const std::function<void()>& shed)
    : channel_(channel), instants_(instants), why_no_instants_(std::move(why_no_instants)), sysctls_(Sysctls::for_new_worlds()),
      capacity_(capacity_for(worlds)), launcher_(capacity_ + first_looks, shed) {
    sysctls_.apply(false);
    read_back_ = sysctls_.read_back();
    kernel_ = kernel_facts(read_back_, kernel_hz());
    with_hooks_ = keep_hooks_awake();
}

bool NamespacesLab::sleep_until(Instant wake) { return sleep(wake, false); }
bool NamespacesLab::sleep_until_notice(Instant wake) { return sleep(wake, true); }

bool NamespacesLab::sleep(Instant wake, bool until_notice) {
    for (;;) {
        const Duration left = std::max(wake - now(), Duration::zero());
        const timespec timeout{static_cast<time_t>(left / 1s), static_cast<long>((left % 1s).count())};
        pollfd fds[2] = {{channel_.get(), POLLIN, 0}, {noticed_.get(), POLLIN, 0}};
        const int ready = ppoll(fds, until_notice ? 2 : 1, &timeout, nullptr);
        if (fds[0].revents) return false;
        if (ready == 0) return true;
        if (!until_notice || !fds[1].revents) continue;
        uint64_t notices = 0;
        [[maybe_unused]] const ssize_t taken = read(noticed_.get(), &notices, sizeof notices);
        return true;
    }
}

std::unique_ptr<LiveTrial> NamespacesLab::build(const PlannedTrial& planned) {
    if (!instants_ && needs_reports(*planned.detector)) throw CannotHere(why_no_instants_);
    return std::make_unique<NamespaceTrial>(planned, sysctls_, kernel_, launcher_, noticed_, instants_);
}

namespace {

Duration median(std::vector<Duration> values) {
    if (values.empty()) return Duration::zero();
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

Duration measure_timer_lateness(TrialLab& lab, int samples) {
    std::vector<Duration> late;
    for (int i = 0; i < samples; ++i) {
        const Instant wake = lab.now() + 5ms;
        if (!lab.sleep_until(wake)) break;
        late.push_back(lab.now() - wake);
    }
    return median(late);
}

std::vector<PlannedTrial> floor_trials(const char* scenario, int samples) {
    PlannedTrial trial;
    trial.scenario = &find_scenario(scenario);
    trial.detector = make_detector("recv");
    trial.spec = "recv";
    trial.horizon = 1s;
    std::vector<PlannedTrial> all;
    for (int i = 0; i < samples; ++i) {
        trial.id = fmt::format("floor/{}/r{}", scenario, trial.repeat = i + 1);
        all.push_back(trial);
    }
    return all;
}

} // namespace

std::optional<Floor> measure_floor(NamespacesLab& lab, int samples) {
    Floor floor;
    floor.samples = samples;
    floor.timer_late = measure_timer_lateness(lab, samples);
    std::vector<Duration> fin, rst;
    ScheduleEvents events;
    events.finished = [&](const TrialLine& line) {
        if (line.outcome == Outcome::noticed)
            (line.scenario == "orderly-close" ? fin : rst).push_back(*line.noticed_after);
    };
    auto trials = floor_trials("orderly-close", samples);
    const auto resets = floor_trials("abortive-close", samples);
    trials.insert(trials.end(), resets.begin(), resets.end());
    if (!run_schedule(lab, trials, 1, events)) return std::nullopt;
    floor.fin = median(fin);
    floor.rst = median(rst);
    return floor;
}

} // namespace halfopen
