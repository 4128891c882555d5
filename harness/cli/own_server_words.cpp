#include "harness/cli/own_server_words.h"

#include <set>

#include "detectors/recipes.h"
#include "harness/base/error.h"
#include "harness/trial/advice.h"
#include "harness/trial/kernel_facts.h"
#include "harness/trial/trial.h"
#include "reports/own_server.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// The five laws done right, and law 4 as it is stated: what people would put into a server.
constexpr const char* methods_of_the_laws[] = {"recv", "tcp-info", "select", "keepalive", "keepalive+user-timeout", "ping-pong"};

/// Law 4 with 60/5/3 and the user timeout beside it is over by then.
constexpr Duration as_soon_as_law_4 = std::chrono::seconds{78};

/// The lines for a server that is known by its name.
void add_recipe(std::vector<std::string>& lines, const std::string& command, const SocketTimers& timers) {
    for (const Recipe& recipe : recipes(timers)) {
        if (command.find(recipe.who) == std::string::npos) continue;
        for (const std::string& line : recipe.lines) lines.push_back(fmt::format("{}: {}", recipe.who, line));
        if (!recipe.limits.empty()) lines.push_back(fmt::format("{}: {}", recipe.who, recipe.limits));
    }
}

std::vector<std::string> advice_for(const std::string& command, Duration within, const KernelFacts& kernel) {
    const Advice advice = advise(default_request(within, kernel));
    if (!advice.detector) return {fmt::format("/* no settings notice the silent failures within {}: halfopen advise --within {} */", short_time(within), spell(within))};
    std::vector<std::string> lines{fmt::format("/* silent failures, idle or written to, within {}: halfopen advise --within {} */", short_time(within), spell(within))};
    const auto c = setsockopt_lines(advice.detector->socket_timers());
    lines.insert(lines.end(), c.begin(), c.end());
    add_recipe(lines, command, advice.detector->socket_timers());
    return lines;
}

} // namespace

void complete(OwnServerLine& server, const Plan& plan, const LabFacts& facts, std::optional<Duration> within) {
    const KernelFacts kernel = kernel_facts(facts.sysctl, facts.hz);
    server.advice = advice_for(server.command.front(), within.value_or(as_soon_as_law_4), kernel);
    std::set<std::string> cells;
    for (const PlannedTrial& trial : plan.trials) {
        const std::string traffic(info(trial.traffic).name);
        if (!trial.skip.empty() || !cells.insert(trial.scenario->name + "/" + traffic).second) continue;
        for (const char* spec : methods_of_the_laws) {
            const auto detector = make_detector(spec);
            const Window before = over_a_period(*trial.scenario, *detector);
            const Prediction p = detector->predict(planned_situation(*trial.scenario, trial.traffic, *detector, before, kernel));
            const bool speaks = p.kind == Prediction::Kind::window;
            server.others.push_back({trial.scenario->name, traffic, detector->describe().law, detector->label(),
                                     speaks ? std::optional{p.after} : std::nullopt});
        }
    }
}

std::string introduce(const RunLine& run) {
    const OwnServerLine& server = *run.server;
    return fmt::format("{} listens on port {} since {} after its start; its sockets: {}", run.detectors.front().name, server.port,
                       say(server.listened_after), server.options ? say_options(*server.options) : "options unknown");
}

} // namespace halfopen
