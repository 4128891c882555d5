#include "harness/cli/own_server_words.h"

#include <set>

#include "harness/trial/trial.h"

namespace halfopen {

namespace {

/// The five laws done right, and law 4 as it is stated: what people would put into a server.
constexpr const char* methods_of_the_laws[] = {"recv", "tcp-info", "select", "keepalive", "keepalive+user-timeout", "ping-pong"};

} // namespace

void complete(OwnServerLine& server, const Plan& plan, const LabFacts& facts) {
    const KernelFacts kernel = kernel_facts(facts.sysctl, facts.hz);
    std::set<std::string> cells;
    for (const PlannedTrial& trial : plan.trials) {
        const std::string traffic(info(trial.traffic).name);
        if (!trial.skip.empty() || !cells.insert(trial.scenario->name + "/" + traffic).second) continue;
        for (const char* spec : methods_of_the_laws) {
            const auto detector = make_detector(spec);
            const Timing timing = detector->timing();
            const Window before{timing.lead, timing.lead + timing.period};
            const Prediction p = detector->predict(planned_situation(*trial.scenario, trial.traffic, *detector, before, kernel));
            const bool speaks = p.kind == Prediction::Kind::window;
            server.others.push_back({trial.scenario->name, traffic, detector->describe().law, detector->label(),
                                     speaks ? std::optional{p.after} : std::nullopt});
        }
    }
}

} // namespace halfopen
