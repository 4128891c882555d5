// What the lab costs: building a world, firing each kind of fault, from the notice to the record.
//
// Each benchmark runs inside a supervisor of its own, since faults need namespaces; Google Benchmark itself runs
// there too.

#include <benchmark/benchmark.h>

#include <unistd.h>

#include "harness/base/error.h"
#include "harness/lab/supervisor.h"
#include "harness/trial/real_lab.h"
#include "harness/trial/trial.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

const Sysctls& sysctls() {
    static const Sysctls all = Sysctls::for_new_worlds();
    return all;
}

PlannedTrial cell(const char* scenario, const char* detector) {
    Selection selection;
    selection.what = {scenario, detector};
    selection.repeats = 1;
    selection.horizon = 1s;
    return make_plan(selection).trials.front();
}

/// Nobody waits for notices here.
const Fd nobody = event_fd();

Launcher& launcher() {
    static Launcher one(100);
    return one;
}

/// Built outside the measured time.
std::unique_ptr<NamespaceTrial> ready_trial(const PlannedTrial& planned) {
    auto trial = std::make_unique<NamespaceTrial>(planned, sysctls(), KernelFacts{}, launcher(), nobody);
    trial->start();
    while (!trial->is_settled()) sleep_until(MonotonicClock::now() + 1ms);
    return trial;
}

void build_namespaces_and_links(benchmark::State& state) {
    for (auto _ : state) {
        const Topology topology = Topology::build(sysctls());
        benchmark::DoNotOptimize(&topology);
    }
}
BENCHMARK(build_namespaces_and_links)->Unit(benchmark::kMillisecond)->Iterations(30);

void build_whole_world(benchmark::State& state) {
    const PlannedTrial planned = cell("silent-drop", "recv");
    for (auto _ : state) {
        NamespaceTrial trial(planned, sysctls(), KernelFacts{}, launcher(), nobody);
        benchmark::DoNotOptimize(&trial);
    }
}
BENCHMARK(build_whole_world)->Unit(benchmark::kMillisecond)->Iterations(30);

/// The bracket of a fault: what the instant of the failure is known to.
void fire(benchmark::State& state, const char* scenario) {
    const PlannedTrial planned = cell(scenario, "noop");
    for (auto _ : state) {
        const auto trial = ready_trial(planned);
        trial->fire();
        const auto line = trial->finish("");
        if (line.fault) state.SetIterationTime(std::chrono::duration<double>(line.fault->second - line.fault->first).count());
    }
}
BENCHMARK_CAPTURE(fire, drop, "silent-drop")->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20);
BENCHMARK_CAPTURE(fire, reject, "reset-by-middlebox")->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20);
BENCHMARK_CAPTURE(fire, close, "orderly-close")->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20);
BENCHMARK_CAPTURE(fire, reset, "abortive-close")->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20);
BENCHMARK_CAPTURE(fire, forget, "host-reboot")->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20);
BENCHMARK_CAPTURE(fire, kill, "process-killed")->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20);
BENCHMARK_CAPTURE(fire, stop, "process-stopped")->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20);
BENCHMARK_CAPTURE(fire, storm, "signal-storm")->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20);

/// From the fault of a client that says goodbye to the server's notice.
void notice(benchmark::State& state, const char* scenario) {
    const PlannedTrial planned = cell(scenario, "recv");
    for (auto _ : state) {
        const auto trial = ready_trial(planned);
        trial->fire();
        while (!trial->has_noticed()) sleep_until(MonotonicClock::now() + 1ms);
        const auto line = trial->finish("");
        state.SetIterationTime(std::chrono::duration<double>(*line.noticed_after).count());
    }
}
BENCHMARK_CAPTURE(notice, fin, "orderly-close")->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20);
BENCHMARK_CAPTURE(notice, rst, "abortive-close")->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(20);

/// From a notice to the line of JSON: judging, costs, and writing it out.
void notice_to_record(benchmark::State& state) {
    const PlannedTrial planned = cell("orderly-close", "recv");
    const auto trial = ready_trial(planned);
    trial->fire();
    while (!trial->has_noticed()) sleep_until(MonotonicClock::now() + 1ms);
    for (auto _ : state) benchmark::DoNotOptimize(to_json(trial->finish("")));
}
BENCHMARK(notice_to_record)->Unit(benchmark::kMicrosecond);

} // namespace

int main(int argc, char** argv) {
    if (const std::string why = why_no_user_namespaces(); !why.empty()) {
        std::fprintf(stderr, "SKIPPED: %s\n", why.c_str());
        return 0;
    }
    Supervisor lab([&](const Fd&) {
        const NetNamespace with_hooks = keep_hooks_awake();
        benchmark::Initialize(&argc, argv);
        benchmark::RunSpecifiedBenchmarks();
        std::fflush(stdout);
        return 0;
    });
    return lab.wait();
}
