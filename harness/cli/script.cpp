// halfopen script: a scenario as a bash script, to be read, run and changed.

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/cli/by_hand_script.h"
#include "harness/cli/verbs.h"

namespace halfopen {

void add_script(CLI::App& app) {
    auto* verb = app.add_subcommand("script", "prints a scenario as a bash script that does it by hand, in namespaces of its own");
    auto name = std::make_shared<std::string>();
    auto writes = std::make_shared<bool>(false);
    verb->add_option("SCENARIO", *name, "its name")->required();
    verb->add_flag("--write", *writes, "the server writes one message after the fault");
    verb->callback([=] {
        const Scenario& scenario = find_scenario(*name);
        fmt::print("{}", by_hand_script(scenario, *writes));
    });
}

} // namespace halfopen
