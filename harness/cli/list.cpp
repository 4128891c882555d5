// halfopen list: the catalogues.

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.h"
#include "harness/cli/verbs.h"
#include "harness/trial/plan.h"
#include "harness/trial/planned.h"

namespace halfopen {

namespace {

using Json = nlohmann::ordered_json;

/// What a list shows of one entry; the rest is for --json.
struct Entry {
    std::string name, summary;
    Json json;
    bool planned = false;
};

std::vector<std::string> texts(const std::vector<std::string_view>& views) { return {views.begin(), views.end()}; }

Json json_of(const SettingInfo& setting) {
    constexpr std::array<const char*, 3> units{"duration", "count", "choice"};
    return {{"name", setting.name},
            {"default", setting.fallback},
            {"unit", setting.unit == SettingInfo::Unit::choice ? std::string(setting.choices)
                                                               : units[static_cast<size_t>(setting.unit)]},
            {"meaning", setting.meaning}};
}

std::vector<Entry> detector_entries() {
    constexpr std::array<const char*, 3> forms{"", "as stated", "done right"};
    std::vector<Entry> all;
    for (const Method* method : methods()) {
        const Description& d = method->about;
        Json settings = Json::array();
        for (const SettingInfo& setting : d.settings) settings.push_back(json_of(setting));
        all.push_back({std::string(d.name), std::string(d.summary),
                       {{"name", d.name},
                        {"label", d.label},
                        {"summary", d.summary},
                        {"law", d.law},
                        {"form", forms[static_cast<size_t>(d.form)]},
                        {"folklore", d.folklore},
                        {"needs", texts(d.needs)},
                        {"settings", settings},
                        {"planned", false}}});
    }
    for (const Planned& p : planned_detectors())
        all.push_back({p.name, p.summary,
                       {{"name", p.name},
                        {"label", p.name},
                        {"summary", p.summary},
                        {"law", 0},
                        {"form", ""},
                        {"folklore", false},
                        {"needs", Json::array()},
                        {"settings", Json::array()},
                        {"planned", true},
                        {"instead", p.instead}},
                       true});
    return all;
}

std::vector<Entry> scenario_entries() {
    std::vector<Entry> all;
    for (const Scenario& s : scenarios()) {
        std::vector<std::string> traffic, needs;
        for (const Traffic t : s.traffic) traffic.emplace_back(info(t).name);
        for (const std::string_view need : s.needs()) needs.emplace_back(need);
        all.push_back({s.name, s.summary,
                       {{"name", s.name},
                        {"label", s.label},
                        {"summary", s.summary},
                        {"truth", name(s.truth)},
                        {"stage", name(s.stage)},
                        {"traffic", traffic},
                        {"needs", needs},
                        {"planned", false}}});
    }
    for (const Planned& p : planned_scenarios())
        all.push_back({p.name, p.summary,
                       {{"name", p.name},
                        {"label", p.name},
                        {"summary", p.summary},
                        {"truth", nullptr},
                        {"stage", nullptr},
                        {"traffic", Json::array()},
                        {"needs", Json::array()},
                        {"planned", true},
                        {"instead", p.instead}},
                       true});
    return all;
}

std::vector<Entry> traffic_entries() {
    std::vector<Entry> all;
    for (int i = 0; i < traffic_count; ++i) {
        const TrafficInfo& t = info(static_cast<Traffic>(i));
        all.push_back({std::string(t.name), std::string(t.summary), {{"name", t.name}, {"summary", t.summary}}});
    }
    return all;
}

std::vector<Entry> plan_entries() {
    std::vector<Entry> all;
    for (const auto& [name, summary] : plan_summaries())
        all.push_back({name, summary, {{"name", name}, {"summary", summary}}});
    return all;
}

std::vector<Entry> entries(const std::string& kind) {
    if (kind == "scenarios") return scenario_entries();
    if (kind == "detectors") return detector_entries();
    if (kind == "traffic") return traffic_entries();
    return plan_entries();
}

void print(const std::string& kind, const std::string& word, bool as_json) {
    Json list = Json::array();
    bool found = false;
    for (Entry& entry : entries(kind)) {
        if ((entry.name + " " + entry.summary).find(word) == std::string::npos) continue;
        found = true;
        if (as_json)
            list.push_back(std::move(entry.json));
        else
            fmt::print("{:<30} {}{}\n", entry.name, entry.planned ? "(planned) " : "", entry.summary);
    }
    if (as_json) fmt::print("{}\n", list.dump(2));
    if (!found) throw Error(Exit::nothing_selected, fmt::format("no name or summary of the {} holds \"{}\"", kind, word));
}

} // namespace

void add_list(CLI::App& app) {
    auto* verb = app.add_subcommand("list", "the catalogues: scenarios, detectors, traffic, plans");
    auto kind = std::make_shared<std::string>();
    auto word = std::make_shared<std::string>();
    auto as_json = std::make_shared<bool>(false);
    verb->add_option("KIND", *kind, "scenarios, detectors, traffic or plans")
        ->required()
        ->check(CLI::IsMember({"scenarios", "detectors", "traffic", "plans"}));
    verb->add_option("WORD", *word, "only entries with this word in name or summary");
    verb->add_flag("--json", *as_json, "as JSON");
    verb->callback([=] { print(*kind, *word, *as_json); });
}

} // namespace halfopen
