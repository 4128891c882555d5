#include "harness/trial/plan_file.h"

#include <algorithm>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/names.h"
#include "harness/trial/planned.h"
#include "harness/trial/toml_file.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

Duration duration(const TomlFile& file, const toml::table& table, std::string_view key) {
    const auto value = parse_duration(file.text(table, key));
    if (!value) file.fail(file.at(table, key), fmt::format("\"{}\" must be a duration with its unit: \"80s\"", key));
    return *value;
}

std::vector<std::string> read_specs(const TomlFile& file, const toml::table& table) {
    std::vector<std::string> specs;
    for (const std::string& spec : file.texts(table, "detectors")) {
        try {
            refuse_planned(spec);
            specs.push_back(spec_of(*make_detector(spec)));
        } catch (const BadInput& e) {
            file.fail(file.at(table, "detectors"), e.what());
        }
    }
    return specs;
}

bool has(const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

/// The scenarios of a glob that are not among `names` yet, in the order of the catalogue; false when it matches none.
bool add_glob(const std::string& glob, std::vector<std::string>& names) {
    bool found = false;
    for (const std::string& name : scenario_names())
        if (matches(glob, name)) {
            found = true;
            if (!has(names, name)) names.push_back(name);
        }
    return found;
}

void read_profiles(const TomlFile& file, const toml::table& entry, PlanFile::Cells& cells) {
    const std::string word = file.text(entry, "traffic");
    if (word == "headline" || word == "every") {
        cells.profiles = word == "every" ? PlanFile::Profiles::every : PlanFile::Profiles::headline;
        return;
    }
    const auto traffic = parse_traffic(word);
    if (!traffic)
        file.fail(file.at(entry, "traffic"),
                  fmt::format("there is no traffic profile \"{}\"; profiles: {}; or \"headline\", the first that each "
                              "scenario lists, or \"every\"",
                              word, all_traffic()));
    cells.traffic = *traffic;
}

PlanFile::Cells read_cells(const TomlFile& file, const toml::table& entry) {
    file.only(entry, {"traffic", "scenarios", "detectors", "horizon"});
    PlanFile::Cells cells;
    read_profiles(file, entry, cells);
    if (entry.contains("horizon")) cells.horizon = duration(file, entry, "horizon");
    if (entry.contains("detectors")) cells.detectors = read_specs(file, entry);
    for (const std::string& glob : file.texts(entry, "scenarios"))
        if (!add_glob(glob, cells.scenarios))
            file.fail(file.at(entry, "scenarios"),
                      fmt::format("there is no scenario \"{}\"{}", glob, did_you_mean(glob, scenario_names())));
    return cells;
}

fs::path plan_folder() { return data_folder() / "scenarios/plans"; }

std::vector<std::string> plan_names() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(plan_folder()))
        if (entry.path().extension() == ".toml") names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> detector_names() {
    std::vector<std::string> names;
    for (const Method* method : methods()) names.emplace_back(method->about.name);
    return names;
}

std::string name_part(const std::string& spec) { return spec.substr(0, spec.find(':')); }

/// What the words name, sorted by kind.
struct Words {
    fs::path plan;
    std::vector<std::string> scenarios, detectors;
};

void add_law(const std::string& word, const PlanFile& starter, Words& words) {
    const int law = word.size() == 5 ? word[4] - '0' : 0;
    if (law < 1 || law > 5) throw BadInput(fmt::format("there is no \"{}\"; the laws are law-1 to law-5", word));
    for (const std::string& spec : starter.detectors)
        if (make_detector(spec)->law() == law) words.detectors.push_back(spec);
}

Words sort_words(const std::vector<std::string>& what, const PlanFile& starter) {
    Words words;
    for (const std::string& word : what) {
        refuse_planned(word);
        if (has(plan_names(), word))
            words.plan = plan_folder() / (word + ".toml");
        else if (word.size() > 5 && word.ends_with(".toml"))
            words.plan = word;
        else if (has(scenario_names(), word))
            words.scenarios.push_back(word);
        else if (has(detector_names(), name_part(word)))
            words.detectors.push_back(word);
        else if (word.starts_with("law-"))
            add_law(word, starter, words);
        else {
            auto all = scenario_names();
            for (auto list : {detector_names(), plan_names()}) all.insert(all.end(), list.begin(), list.end());
            throw BadInput(fmt::format("\"{}\" is no scenario, detector, law or plan{}; see all: halfopen list "
                                       "scenarios, halfopen list detectors, halfopen list plans",
                                       word, did_you_mean(word, all)));
        }
    }
    return words;
}

/// The scenarios of globs, in the order of the catalogue.
void add_globs(const std::vector<std::string>& globs, std::vector<std::string>& names) {
    for (const std::string& glob : globs) {
        refuse_planned(glob);
        if (!add_glob(glob, names))
            throw BadInput(fmt::format("no scenario matches \"{}\"{}; see all: halfopen list scenarios", glob,
                                       did_you_mean(glob, scenario_names())));
    }
}

std::vector<Traffic> asked_traffic(const std::vector<std::string>& words) {
    std::vector<Traffic> all;
    for (const std::string& word : words) {
        const auto traffic = parse_traffic(word);
        if (!traffic)
            throw BadInput(fmt::format("there is no traffic profile \"{}\"; profiles: {}", word, all_traffic()));
        all.push_back(*traffic);
    }
    return all;
}

/// `alone`: nothing else was asked for, so that a profile which makes no sense here is a mistake.
void add_column(Choice& choice, Choice::Column column, bool alone) {
    const auto& sensible = column.scenario->traffic;
    if (std::find(sensible.begin(), sensible.end(), column.traffic) != sensible.end())
        choice.columns.push_back(std::move(column));
    else if (alone)
        throw BadInput(fmt::format("{} makes no sense with {} traffic", column.scenario->name, info(column.traffic).name));
}

void add_columns(Choice& choice, const std::vector<std::string>& names, const std::vector<Traffic>& traffic,
                 const std::vector<std::string>& detectors) {
    for (const std::string& name : names) {
        const Scenario& scenario = find_scenario(name);
        for (const Traffic profile : traffic.empty() ? std::vector{scenario.traffic.front()} : traffic)
            add_column(choice, {&scenario, profile, detectors, choice.file.horizon}, names.size() == 1);
    }
}

/// `detectors = "standard"`: those of another plan of the same folder.
std::vector<std::string> detectors_of(const TomlFile& file, const fs::path& path) {
    const std::string other = file.text(file.root(), "detectors");
    const fs::path beside = path.parent_path() / (other + ".toml");
    if (other == path.stem() || !fs::exists(beside))
        file.fail(file.at(file.root(), "detectors"),
                  fmt::format("\"{}\" is no other plan of this folder whose detectors could be taken; name one, or list them",
                              other));
    return read_plan_file(beside).detectors;
}

std::vector<Traffic> profiles_of(const PlanFile::Cells& cells, const Scenario& scenario) {
    if (cells.profiles == PlanFile::Profiles::every) return scenario.traffic;
    if (cells.profiles == PlanFile::Profiles::headline) return {scenario.traffic.front()};
    return {cells.traffic};
}

} // namespace

std::string why_skipped(const Scenario& scenario, Traffic traffic, const Detector& detector) {
    if (std::string why = detector.skip_reason(traffic); !why.empty()) return why;
    if (scenario.proxied && detector.datagram_interval() > Duration::zero()) return "datagrams do not pass a TCP proxy";
    return detector.describe().outside ? "" : std::string(why_no_descriptor(scenario.stage));
}

PlanFile read_plan_file(const fs::path& path) {
    const TomlFile file(read_text(path), path.string());
    const toml::table& root = file.root();
    if (root.contains("fault"))
        file.fail(file.at(root, "fault"), "this is a scenario, not a plan; a scenario of the catalogue is run by its name");
    file.only(root, {"name", "summary", "repeats", "horizon", "sweep_periods_up_to", "detectors", "cells"});
    PlanFile plan;
    plan.name = file.text(root, "name");
    plan.summary = file.text(root, "summary");
    plan.repeats = static_cast<int>(file.integer_or(root, "repeats", 3));
    plan.horizon = duration(file, root, "horizon");
    plan.sweep_periods_up_to = duration(file, root, "sweep_periods_up_to");
    plan.detectors = root["detectors"].is_string() ? detectors_of(file, path) : read_specs(file, root);
    for (const toml::table* entry : file.tables(root, "cells")) plan.cells.push_back(read_cells(file, *entry));
    if (plan.cells.empty()) file.fail(root, "the plan has no cells: add [[cells]] with traffic and scenarios");
    return plan;
}

std::vector<std::pair<std::string, std::string>> plan_summaries() {
    std::vector<std::pair<std::string, std::string>> all;
    for (const std::string& name : plan_names())
        all.emplace_back(name, read_plan_file(plan_folder() / (name + ".toml")).summary);
    return all;
}

Choice choose(const Selection& selection) {
    const PlanFile starter = read_plan_file(plan_folder() / "starter.toml");
    Words words = sort_words(selection.what, starter);
    Choice choice;
    choice.file = words.plan.empty() ? starter : read_plan_file(words.plan);
    add_globs(selection.scenarios, words.scenarios);
    for (const std::string& spec : selection.detectors) refuse_planned(spec);
    words.detectors.insert(words.detectors.end(), selection.detectors.begin(), selection.detectors.end());
    const auto& rows = words.detectors.empty() ? choice.file.detectors : words.detectors;
    const auto traffic = asked_traffic(selection.traffic);
    if (!words.scenarios.empty()) {
        add_columns(choice, words.scenarios, traffic, rows);
        if (words.plan.empty()) choice.file.name = "selection";
        return choice;
    }
    for (const PlanFile::Cells& cells : choice.file.cells)
        for (const std::string& name : cells.scenarios)
            for (const Traffic profile : profiles_of(cells, find_scenario(name)))
                if (traffic.empty() || std::find(traffic.begin(), traffic.end(), profile) != traffic.end())
                    add_column(choice,
                               {&find_scenario(name), profile,
                                words.detectors.empty() && !cells.detectors.empty() ? cells.detectors : rows,
                                cells.horizon.value_or(choice.file.horizon)},
                               cells.scenarios.size() == 1);
    // Traffic that the plan does not hold is asked of every scenario that makes sense with it.
    if (choice.columns.empty()) add_columns(choice, scenario_names(), traffic, rows);
    if (!selection.what.empty() && words.plan.empty()) choice.file.name = "selection";
    return choice;
}

} // namespace halfopen
