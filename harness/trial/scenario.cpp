#include "harness/trial/scenario.h"

#include <algorithm>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/names.h"
#include "harness/trial/planned.h"
#include "harness/trial/toml_file.h"

namespace halfopen {

namespace {

constexpr std::array<std::string_view, 3> groups{"is there", "says goodbye", "says nothing"};

Truth read_truth(const TomlFile& file) {
    const std::string word = file.text(file.root(), "truth");
    const auto truth = parse_truth(word);
    if (!truth)
        file.fail(file.at(file.root(), "truth"), fmt::format("there is no truth \"{}\"; one of: {}", word, all_truths()));
    return *truth;
}

Stage read_stage(const TomlFile& file) {
    if (!file.root().contains("stage")) return Stage::established;
    const std::string word = file.text(file.root(), "stage");
    const auto stage = parse_stage(word);
    if (!stage)
        file.fail(file.at(file.root(), "stage"), fmt::format("there is no stage \"{}\"; one of: {}", word, all_stages()));
    return *stage;
}

/// What the link is like before anything breaks: netem on both of the router's ports, or a proxy between them.
void read_link(const TomlFile& file, Scenario& scenario) {
    if (!file.root().contains("link")) return;
    const toml::node& node = file.at(file.root(), "link");
    if (!node.is_table()) file.fail(node, "\"link\" must be written as [link] with delay = \"25ms\", each way");
    file.only(*node.as_table(), {"delay", "proxy"});
    if (node.as_table()->contains("proxy")) {
        if (node.as_table()->contains("delay")) file.fail(node, "\"link\" has either a \"delay\" or a \"proxy\"");
        scenario.proxied = file.boolean(*node.as_table(), "proxy");
        return;
    }
    // Both ends wait a second for the first answer (TCP_TIMEOUT_INIT), so a round trip has to be shorter.
    scenario.one_way = read_duration(file, *node.as_table(), "delay", std::chrono::milliseconds{1}, std::chrono::milliseconds{400});
}

void read_faults(const TomlFile& file, Scenario& scenario) {
    int healing = 0;
    for (const toml::table* entry : file.tables(file.root(), "fault")) {
        scenario.faults.push_back(read_fault(file, *entry));
        const FaultSettings& settings = scenario.faults.back().settings;
        scenario.signal_interval = std::max(scenario.signal_interval, settings.every);
        if (settings.heals && ++healing > 1) file.fail(file.at(*entry, "for"), "one fault of a scenario can heal, not two");
    }
    if (scenario.faults.empty())
        file.fail(file.root(), "nothing happens in this scenario: add [[fault]] with do = \"...\" (do = \"nothing\" for a "
                               "control)");
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
    // A client that is heard and hears nothing may still say goodbye.
    const bool deaf = path() == Passage::to_server;
    Effect first = Effect::nothing;
    for (const FaultEntry& fault : faults) {
        const Effect effect = fault.kind->about.effect;
        if (first == Effect::silence && deaf && effect == Effect::fin) return Effect::fin_then_silence;
        if (first == Effect::nothing) first = effect;
    }
    return first;
}

void Scenario::tell(Situation& s) const {
    s.effect = effect();
    s.stage = stage;
    s.truth = truth;
    s.signal_interval = signal_interval;
    s.one_way = one_way;
    s.slowest_way = slowest_way();
    s.loss_percent = loss_percent();
    s.client_is_heard = client_is_heard() && s.effect != Effect::fin_then_silence;
    s.other_packets = other_packets();
    s.client_goes_on = client_goes_on();
    s.particulars = particulars();
    if (const FaultInfo* fault = decisive()) {
        s.icmp = fault->icmp;
        s.bare_segments_pass = fault->bare_segments_pass;
    }
    for (const FaultEntry& fault : faults) {
        s.goes_on = std::max(s.goes_on, fault.kind->about.goes_on);
        s.pauses = std::max(s.pauses, fault.settings.pause);
        s.reads_per_second = std::max(s.reads_per_second, fault.settings.bytes_per_second);
    }
}

const FaultInfo* Scenario::decisive() const {
    for (const FaultEntry& fault : faults)
        if (fault.kind->about.effect != Effect::nothing) return &fault.kind->about;
    return nullptr;
}

bool Scenario::kernel_says_goodbye() const {
    return effect() == Effect::fin || effect() == Effect::fin_then_silence ||
           std::any_of(faults.begin(), faults.end(),
                       [](const FaultEntry& fault) { return fault.kind->about.kernel_says_goodbye; });
}

Particulars Scenario::particulars() const {
    Particulars found;
    for (const FaultEntry& fault : faults) {
        if (fault.kind->about.particulars != Particulars{}) found = fault.kind->about.particulars;
        if (fault.settings.away > Duration::zero()) {
            found.away = fault.settings.away;
            found.every = fault.settings.away + fault.settings.back;
        }
    }
    return found;
}

Passage Scenario::path() const {
    for (const FaultEntry& fault : faults)
        if (fault.kind->about.path != Passage::passes) return fault.kind->about.path;
    return Passage::passes;
}

std::optional<OtherPackets> Scenario::other_packets() const {
    Passage passage = path();
    for (const FaultEntry& fault : faults) passage = fault.kind->about.other_packets.value_or(passage);
    switch (passage) {
    case Passage::passes:
    case Passage::small:
    case Passage::reset: return OtherPackets{true, true};
    case Passage::silent: return OtherPackets{false, false};
    case Passage::to_client: return OtherPackets{false, true};
    case Passage::client_reset:
    case Passage::to_server: return OtherPackets{true, false};
    case Passage::unchecked: break;
    }
    return std::nullopt;
}

bool Scenario::client_goes_on() const {
    return std::all_of(faults.begin(), faults.end(), [](const FaultEntry& fault) {
        const FaultInfo& about = fault.kind->about;
        return about.client_goes_on.value_or(halfopen::client_goes_on(about.effect) || about.goes_on != GoesOn::nothing);
    });
}

Duration Scenario::slowest_way() const {
    Duration slowest = one_way;
    for (const FaultEntry& fault : faults) slowest = std::max(slowest, fault.settings.impairment.slowest());
    return slowest;
}

int Scenario::loss_percent() const {
    int most = 0;
    for (const FaultEntry& fault : faults)
        most = std::max({most, fault.settings.impairment.loss_percent, fault.settings.impairment.corrupt_percent});
    return most;
}

std::optional<Duration> Scenario::heals_after(Duration limit) const {
    for (const FaultEntry& fault : faults) {
        if (!fault.settings.heals) continue;
        const Healing& heals = *fault.settings.heals;
        if (heals.limits == 0 || limit == Duration::zero()) return heals.after;
        return Duration{static_cast<int64_t>(heals.limits * static_cast<double>(limit.count()))};
    }
    return std::nullopt;
}

std::vector<std::string_view> Scenario::needs() const {
    std::vector<std::string_view> all;
    for (const FaultEntry& fault : faults)
        all.insert(all.end(), fault.kind->about.needs.begin(), fault.kind->about.needs.end());
    if (one_way > Duration::zero()) all.push_back("sch_netem");
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

Scenario parse_scenario(std::string_view text, const std::string& name) {
    const TomlFile file(text, name);
    const toml::table& root = file.root();
    file.only(root, {"name", "label", "group", "summary", "truth", "stage", "traffic", "link", "fault"});
    Scenario scenario;
    scenario.name = file.text(root, "name");
    scenario.label = file.text(root, "label");
    if (scenario.label.size() > 8) file.fail(file.at(root, "label"), "\"label\" heads a column: 8 characters at most");
    scenario.group = file.text(root, "group");
    if (std::find(groups.begin(), groups.end(), scenario.group) == groups.end())
        file.fail(file.at(root, "group"), "\"group\" says what the client does; one of: " + join_names(groups));
    scenario.summary = file.text(root, "summary");
    scenario.truth = read_truth(file);
    scenario.stage = read_stage(file);
    scenario.traffic = read_traffic(file);
    read_link(file, scenario);
    read_faults(file, scenario);
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
    refuse_planned(name);
    throw BadInput(fmt::format("there is no scenario \"{}\"{}; all: halfopen list scenarios", name,
                               did_you_mean(name, scenario_names())));
}

} // namespace halfopen
