// Records to JSON: keys in the order in which the contract lists them.

#include "harness/trial/record.h"

#include <algorithm>

#include "harness/trial/captured_json.h"
#include "harness/trial/own_server_json.h"

namespace halfopen {

namespace {

/// Digits only, and spelled as JSON spells the number, so that the text can be read back unchanged.
bool is_plain_number(const std::string& text) {
    const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    return digits && !text.empty() && text.size() <= 18 && (text.size() == 1 || text[0] != '0');
}

/// Counts are stored as numbers, so that a reader need not know which setting is one.
Json number_or_text(const std::string& value) {
    if (is_plain_number(value))
        return std::stoll(value);
    return value;
}

Json of(const Window& w) { return Json::array({w.from.count(), w.to.count()}); }

Json of(const ScenarioHead& s) {
    return {{"name", s.name},
            {"label", s.label},
            {"group", s.group},
            {"truth", name(s.truth)},
            {"summary", s.summary}};
}

Json of(const DetectorHead& d) {
    Json json{{"spec", d.spec}, {"name", d.name},       {"label", d.label},    {"law", d.law},
              {"form", d.form}, {"summary", d.summary}, {"control", d.control}};
    if (d.client_helps)
        json["client_helps"] = *d.client_helps;
    if (!d.family.empty())
        json["family"] = d.family;
    return json;
}

Json of(const PredictedLine& p) {
    Json prediction{{"kind", p.kind},
                    {"outcome", name(p.outcome)},
                    {"after_ns", p.after ? of(*p.after) : Json{}},
                    {"signal", text_or_null(p.signal)},
                    {"rule", p.rule}};
    if (!p.steps.empty())
        prediction["steps"] = p.steps;
    return prediction;
}

Json of(const SituationLine& s) {
    Json situation{{"anchor", text_or_null(s.anchor)},
                   {"anchor_before_fault_ns", s.anchor_before_fault.count()},
                   {"rto_ns", s.rto.count()},
                   {"srtt_ns", s.srtt.count()},
                   {"unacked", s.unacked},
                   {"notsent_bytes", s.notsent_bytes}};
    if (s.heals_after)
        situation["heals_after_ns"] = s.heals_after->count();
    return situation;
}

Json of(const Cost& c) {
    return {
        {"tx_packets", c.tx_packets}, {"tx_bytes", c.tx_bytes}, {"wakeups", c.wakeups}, {"cpu_ns", c.cpu_ns}};
}

Json of(const Opinion& o) { return {{"after_fault_ns", o.after_fault.count()}, {"suspects", o.suspects}}; }

template <typename Items> Json array_of(const Items& items) {
    Json array = Json::array();
    for (const auto& item : items)
        array.push_back(of(item));
    return array;
}

Json of(const Guest& g) {
    return {
        {"qemu", g.qemu},        {"qemu_digest", g.qemu_digest},     {"machine", g.machine},
        {"cpu", g.cpu},          {"kernel_digest", g.kernel_digest}, {"initramfs_digest", g.initramfs_digest},
        {"portions", g.portions}};
}

Json of(const RunLine& run) {
    Json sysctl = Json::object();
    for (const auto& [key, value] : run.sysctl)
        sysctl[key] = value ? number_or_text(*value) : Json{};
    Json line{{"type", "run"},
              {"schema", run.schema},
              {"halfopen", run.halfopen},
              {"executable", run.executable},
              {"started", run.started},
              {"command", run.command},
              {"plan", run.plan},
              {"plan_digest", run.plan_digest},
              {"seed", run.seed},
              {"lab", run.lab},
              {"clock", run.clock},
              {"kernel", run.kernel},
              {"hz", run.hz},
              {"cpus", run.cpus},
              {"trials", run.trials},
              {"repeats", run.repeats},
              {"horizon_ns", run.horizon.count()},
              {"sysctl", sysctl},
              {"floor",
               {{"fin_ns", run.floor.fin.count()},
                {"rst_ns", run.floor.rst.count()},
                {"timer_late_ns", run.floor.timer_late.count()},
                {"samples", run.floor.samples}}},
              {"load_before", run.load_before},
              {"guest", run.guest ? of(*run.guest) : Json{}},
              {"scenarios", array_of(run.scenarios)},
              {"detectors", array_of(run.detectors)}};
    if (run.server)
        line["server"] = json_of(*run.server);
    return line;
}

Json fault_of(const TrialLine& trial) {
    if (!trial.fault)
        return {};
    return Json::array(
        {trial.fault->first.time_since_epoch().count(), trial.fault->second.time_since_epoch().count()});
}

Json of(const TrialLine& trial) {
    Json settings = Json::object();
    for (const auto& [key, value] : trial.settings)
        settings[key] = number_or_text(value);
    Json line{{"type", "trial"},
              {"id", trial.id},
              {"scenario", trial.scenario},
              {"traffic", trial.traffic},
              {"detector", trial.detector},
              {"settings", settings},
              {"repeat", trial.repeat},
              {"attempt", trial.attempt},
              {"phase", trial.phase},
              {"situation", of(trial.situation)},
              {"truth", name(trial.truth)},
              {"fault_ns", fault_of(trial)},
              {"fault_verified", trial.fault_verified},
              {"outcome", name(trial.outcome)},
              {"why", text_or_null(trial.why)},
              {"verdict", trial.verdict ? Json(name(*trial.verdict)) : Json{}},
              {"signal", text_or_null(trial.signal)},
              {"noticed_after_ns", trial.noticed_after ? Json(trial.noticed_after->count()) : Json{}},
              {"horizon_ns", trial.horizon.count()},
              {"planned", of(trial.planned)},
              {"predicted", of(trial.predicted)},
              {"kernel_knew_after_ns",
               trial.kernel_knew_after ? Json(trial.kernel_knew_after->to.count()) : Json{}},
              {"traffic_saw", text_or_null(trial.traffic_saw)},
              {"opinions", array_of(trial.opinions)},
              {"cost", trial.cost ? of(*trial.cost) : Json{}},
              {"capture", trial.capture ? Json(capture_file(trial.id)) : Json{}}};
    if (trial.kernel_knew_after)
        line["kernel_knew_not_before_ns"] = trial.kernel_knew_after->from.count();
    if (trial.socket)
        line["socket"] = json_of(*trial.socket);
    return line;
}

Json of(const CaptureLine& line) { return json_of(line); }

Json of(const EndLine& end) {
    return {{"type", "end"},
            {"trials", end.trials},
            {"invalid", end.invalid},
            {"wall_ns", end.wall.count()},
            {"interrupted", end.interrupted},
            {"virtual_ns", end.virtual_time.count()}};
}

} // namespace

std::string to_json(const Line& line) {
    const Json json = std::visit([](const auto& l) { return of(l); }, line);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace halfopen
