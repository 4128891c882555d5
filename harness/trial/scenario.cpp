#include "harness/trial/scenario.h"

#include <algorithm>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/names.h"
#include "harness/trial/toml_file.h"

namespace halfopen {

namespace {

constexpr std::array<std::string_view, 3> groups{"is there", "says goodbye", "says nothing"};

std::vector<std::string> fault_names() {
    std::vector<std::string> names;
    for (const FaultKind* kind : fault_kinds()) names.emplace_back(kind->about.name);
    return names;
}

void read_fault(const TomlFile& file, const toml::table& entry, Scenario& scenario) {
    file.only(entry, {"do", "every"});
    const std::string name = file.text(entry, "do");
    const FaultKind* kind = find_fault(name);
    if (!kind)
        file.fail(file.at(entry, "do"), fmt::format("there is no fault \"{}\"{}; faults: {}", name,
                                                    did_you_mean(name, fault_names()), join_names(fault_names())));
    scenario.faults.push_back(kind);
    if (kind->about.effect != Effect::signals) {
        if (entry.contains("every")) file.fail(file.at(entry, "every"), "only signal-storm has \"every\"");
        return;
    }
    const auto every = parse_duration(file.text(entry, "every"));
    if (!every || *every < std::chrono::milliseconds{1} || *every >= std::chrono::seconds{1})
        file.fail(file.at(entry, "every"), "\"every\" must be a duration from 1ms to 999ms, with its unit");
    scenario.signal_interval = *every;
}

Truth read_truth(const TomlFile& file) {
    const std::string word = file.text(file.root(), "truth");
    const auto truth = parse_truth(word);
    if (!truth)
        file.fail(file.at(file.root(), "truth"), fmt::format("there is no truth \"{}\"; one of: {}", word, all_truths()));
    return *truth;
}

std::vector<Traffic> read_traffic(const TomlFile& file) {
    std::vector<Traffic> all;
    for (const std::string& word : file.texts(file.root(), "traffic")) {
        const auto traffic = parse_traffic(word);
        if (!traffic)
            file.fail(file.at(file.root(), "traffic"),
                      fmt::format("there is no traffic profile \"{}\"; profiles: {}", word, all_traffic()));
        all.push_back(*traffic);
    }
    return all;
}

} // namespace

Effect Scenario::effect() const {
    for (const FaultKind* fault : faults)
        if (fault->about.effect != Effect::nothing) return fault->about.effect;
    return Effect::nothing;
}

Passage Scenario::path() const {
    for (const FaultKind* fault : faults)
        if (fault->about.path != Passage::passes) return fault->about.path;
    return Passage::passes;
}

Scenario parse_scenario(std::string_view text, const std::string& name) {
    const TomlFile file(text, name);
    const toml::table& root = file.root();
    file.only(root, {"name", "label", "group", "summary", "truth", "traffic", "fault"});
    Scenario scenario;
    scenario.name = file.text(root, "name");
    scenario.label = file.text(root, "label");
    if (scenario.label.size() > 8) file.fail(file.at(root, "label"), "\"label\" heads a column: 8 characters at most");
    scenario.group = file.text(root, "group");
    if (std::find(groups.begin(), groups.end(), scenario.group) == groups.end())
        file.fail(file.at(root, "group"), "\"group\" says what the client does; one of: " + join_names(groups));
    scenario.summary = file.text(root, "summary");
    scenario.truth = read_truth(file);
    scenario.traffic = read_traffic(file);
    for (const toml::table* entry : file.tables(root, "fault")) read_fault(file, *entry, scenario);
    if (scenario.faults.empty())
        file.fail(root, "nothing happens in this scenario: add [[fault]] with do = \"...\" (do = \"nothing\" for a "
                        "control)");
    return scenario;
}

Scenario read_scenario(const std::filesystem::path& path) {
    Scenario scenario = parse_scenario(read_text(path), path.string());
    if (scenario.name != path.stem())
        throw BadInput(fmt::format("{}: its name is \"{}\"; a scenario is named as its file", path.string(),
                                   scenario.name));
    return scenario;
}

const std::vector<Scenario>& scenarios() {
    static const std::vector<Scenario> all = [] {
        const auto folder = data_folder() / "scenarios";
        const auto catalogue = folder / "catalogue.toml";
        const TomlFile file(read_text(catalogue), catalogue.string());
        std::vector<Scenario> list;
        for (const std::string& name : file.texts(file.root(), "scenarios"))
            list.push_back(read_scenario(folder / (name + ".toml")));
        return list;
    }();
    return all;
}

std::vector<std::string> scenario_names() {
    std::vector<std::string> names;
    for (const Scenario& scenario : scenarios()) names.push_back(scenario.name);
    return names;
}

const Scenario& find_scenario(std::string_view name) {
    for (const Scenario& scenario : scenarios())
        if (scenario.name == name) return scenario;
    throw BadInput(fmt::format("there is no scenario \"{}\"{}; all: halfopen list scenarios", name,
                               did_you_mean(name, scenario_names())));
}

} // namespace halfopen
