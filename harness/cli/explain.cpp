// halfopen explain: the page of a scenario, a detector or a law; or one cell, timer by timer.

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/cli/cell.h"
#include "harness/cli/last_measured.h"
#include "harness/cli/pages.h"
#include "harness/cli/terminal.h"
#include "harness/cli/verbs.h"
#include "reports/text.h"

namespace halfopen {

namespace {

Traffic headline_or(const Scenario& scenario, const std::string& word) {
    if (word.empty()) return scenario.traffic.front();
    const auto traffic = parse_traffic(word);
    if (!traffic) throw BadInput(fmt::format("there is no traffic profile \"{}\"; profiles: {}", word, all_traffic()));
    return *traffic;
}

/// The cell's story: the verdict, what each end believes, timer by timer with the arithmetic, and what was seen of it here last.
void explain_cell(const Scenario& scenario, Traffic traffic, const Detector& detector) {
    const int columns = std::clamp(look_at_terminal("never", true).columns, 50, 100);
    fmt::print("{}", say_cells(scenario, {traffic}, detector));
    fmt::print("\nWhat each end believes:\n");
    for (const std::string& line : beliefs_of(scenario.name, traffic, detector.socket_timers().keepalive)) fmt::print("  {}\n", wrapped(line, static_cast<size_t>(columns) - 3, "    "));
    const std::string cell = fmt::format("{}/{}/{}", scenario.name, info(traffic).name, spec_of(detector));
    fmt::print("\n{}", say_last_measured(cell, static_cast<size_t>(columns)));
    fmt::print("\nMore: {0} explain {1}, {0} explain {2}\n", typed_name(), scenario.name, detector.describe().name);
}

} // namespace

void add_explain(CLI::App& app) {
    auto* verb = app.add_subcommand("explain", "the page of a scenario, detector or law; or of one cell");
    auto names = std::make_shared<std::vector<std::string>>();
    auto traffic = std::make_shared<std::string>();
    verb->add_option("NAME", *names, "one name; or a scenario and a detector")->required()->expected(1, 2);
    verb->add_option("-t,--traffic", *traffic, "for a cell: the traffic profile");
    verb->callback([=] {
        if (names->size() == 1) {
            fmt::print("{}", page_of(names->front()));
            return;
        }
        const CellNames cell = find_cell(names->at(0), names->at(1));
        explain_cell(*cell.scenario, headline_or(*cell.scenario, *traffic), *cell.detector);
    });
}

void add_predict(CLI::App& app) {
    auto* verb = app.add_subcommand("predict", "what the kernel's rules say about one cell; nothing is run");
    auto names = std::make_shared<std::vector<std::string>>();
    auto traffic = std::make_shared<std::vector<std::string>>();
    verb->add_option("NAME", *names, "a scenario and a detector")->required()->expected(2);
    verb->add_option("-t,--traffic", *traffic, "traffic profiles; default: all that make sense here");
    verb->callback([=] {
        const CellNames cell = find_cell(names->at(0), names->at(1));
        std::vector<Traffic> profiles;
        for (const std::string& word : *traffic) profiles.push_back(headline_or(*cell.scenario, word));
        fmt::print("{}", say_cells(*cell.scenario, profiles.empty() ? cell.scenario->traffic : profiles, *cell.detector));
    });
}

} // namespace halfopen
