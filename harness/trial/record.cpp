#include "harness/trial/record.h"

#include <algorithm>

#include "harness/trial/json_object.h"
#include "harness/trial/own_server_json.h"

namespace halfopen {

namespace {

// ---- writing
// -------------------------------------------------------------------------------------------------

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

Json text_or_null(const std::string& text) { return text.empty() ? Json{} : Json(text); }

Json of(const Window& w) { return Json::array({w.from.count(), w.to.count()}); }

Json of(const ScenarioHead& s) {
    return {{"name", s.name},
            {"label", s.label},
            {"group", s.group},
            {"truth", name(s.truth)},
            {"summary", s.summary}};
}

Json of(const DetectorHead& d) {
    return {{"spec", d.spec}, {"name", d.name},       {"label", d.label},    {"law", d.law},
            {"form", d.form}, {"summary", d.summary}, {"control", d.control}};
}

Json of(const PredictedLine& p) {
    return {{"kind", p.kind},
            {"outcome", name(p.outcome)},
            {"after_ns", p.after ? of(*p.after) : Json{}},
            {"signal", text_or_null(p.signal)},
            {"rule", p.rule}};
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
    return {{"qemu", g.qemu},
            {"qemu_digest", g.qemu_digest},
            {"machine", g.machine},
            {"cpu", g.cpu},
            {"kernel_digest", g.kernel_digest},
            {"initramfs_digest", g.initramfs_digest},
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
            {"kernel_knew_after_ns", trial.kernel_knew_after ? Json(trial.kernel_knew_after->to.count()) : Json{}},
            {"traffic_saw", text_or_null(trial.traffic_saw)},
            {"opinions", array_of(trial.opinions)},
            {"cost", trial.cost ? of(*trial.cost) : Json{}},
            {"capture", nullptr}};
    if (trial.kernel_knew_after)
        line["kernel_knew_not_before_ns"] = trial.kernel_knew_after->from.count();
    if (trial.socket)
        line["socket"] = json_of(*trial.socket);
    return line;
}

Json of(const EndLine& end) {
    return {{"type", "end"},
            {"trials", end.trials},
            {"invalid", end.invalid},
            {"wall_ns", end.wall.count()},
            {"interrupted", end.interrupted},
            {"virtual_ns", end.virtual_time.count()}};
}

// ---- reading
// -------------------------------------------------------------------------------------------------

ScenarioHead scenario_head(const Object& o) {
    return {o.text("name"), o.text("label"), o.text("group"), o.word("truth", parse_truth),
            o.text("summary")};
}

DetectorHead detector_head(const Object& o) {
    return {o.text("spec"), o.text("name"),    o.text("label"),  o.small<int>("law"),
            o.text("form"), o.text("summary"), o.flag("control")};
}

PredictedLine predicted_line(const Object& o) {
    return {o.text("kind"), o.word("outcome", parse_outcome), o.window("after_ns"), o.text_or_empty("signal"),
            o.text("rule")};
}

SituationLine situation_line(const Object& o) {
    return {o.text_or_empty("anchor"), o.time("anchor_before_fault_ns"), o.time("rto_ns"),
            o.time("srtt_ns"),         o.small<unsigned>("unacked"),     o.small<unsigned>("notsent_bytes"),
            o.time_if_any("heals_after_ns")};
}

Guest guest(const Object& o) {
    return {o.text("qemu"),          o.text("qemu_digest"),      o.text("machine"),       o.text("cpu"),
            o.text("kernel_digest"), o.text("initramfs_digest"), o.small<int>("portions")};
}

/// The schema comes first: what a newer one changed must not be taken for damage.
void check_schema(const Object& o) {
    const int64_t schema = o.integer("schema");
    if (schema > schema_version)
        throw BadInput(
            fmt::format("was written by a newer halfopen (schema {}, this one reads {}); update halfopen",
                        schema, schema_version));
    if (schema < 1)
        throw BadInput(o.wrong("schema", "1 or more"));
}

RunLine run_line(const Object& o) {
    check_schema(o);
    RunLine run;
    run.schema = o.small<int>("schema");
    run.halfopen = o.text("halfopen");
    run.executable = o.text("executable");
    run.started = o.text("started");
    run.command = o.texts("command");
    run.plan = o.text("plan");
    run.plan_digest = o.text("plan_digest");
    run.seed = o.seed("seed");
    run.lab = o.text("lab");
    run.clock = o.text("clock");
    run.kernel = o.text("kernel");
    run.hz = o.small<int>("hz");
    run.cpus = o.small<int>("cpus");
    run.trials = o.small<int>("trials");
    run.repeats = o.small<int>("repeats");
    run.horizon = o.time("horizon_ns");
    run.sysctl = o.pairs("sysctl");
    const Object floor = o.object("floor");
    run.floor = {floor.time("fin_ns"), floor.time("rst_ns"), floor.time("timer_late_ns"),
                 floor.small<int>("samples")};
    run.load_before = o.real("load_before");
    if (o.knows("guest"))
        run.guest = guest(o.object("guest"));
    if (o.knows("server"))
        run.server = read_own_server(o.object("server"));
    o.each("scenarios", [&](const Object& item) { run.scenarios.push_back(scenario_head(item)); });
    o.each("detectors", [&](const Object& item) { run.detectors.push_back(detector_head(item)); });
    return run;
}

/// What identifies a trial. The spec is the detector and its settings put together, as on the command line.
TrialLine trial_identity(const Object& o) {
    TrialLine trial;
    trial.id = o.text("id");
    trial.scenario = o.text("scenario");
    trial.traffic = o.text("traffic");
    trial.detector = o.text("detector");
    trial.spec = trial.detector;
    for (const auto& [key, value] : o.pairs("settings")) {
        trial.spec += fmt::format("{}{}={}", trial.settings.empty() ? ':' : ',', key, value.value_or(""));
        trial.settings.emplace_back(key, value.value_or(""));
    }
    trial.repeat = o.small<int>("repeat");
    trial.attempt = o.small<int>("attempt");
    trial.phase = o.real("phase");
    return trial;
}

TrialLine trial_line(const Object& o) {
    TrialLine trial = trial_identity(o);
    trial.situation = situation_line(o.object("situation"));
    trial.truth = o.word("truth", parse_truth);
    if (const auto fault = o.window("fault_ns"))
        trial.fault = {Instant{fault->from}, Instant{fault->to}};
    trial.fault_verified = o.flag("fault_verified");
    trial.outcome = o.word("outcome", parse_outcome);
    trial.why = o.text_or_empty("why");
    if (o.has("verdict"))
        trial.verdict = o.word("verdict", parse_verdict);
    trial.signal = o.text_or_empty("signal");
    if (o.has("noticed_after_ns"))
        trial.noticed_after = o.time("noticed_after_ns");
    trial.horizon = o.time("horizon_ns");
    trial.planned = predicted_line(o.object("planned"));
    trial.predicted = predicted_line(o.object("predicted"));
    if (o.has("kernel_knew_after_ns") && o.knows("kernel_knew_not_before_ns"))
        trial.kernel_knew_after = Window{o.time("kernel_knew_not_before_ns"), o.time("kernel_knew_after_ns")};
    if (o.knows("socket"))
        trial.socket = read_socket(o.object("socket"));
    trial.traffic_saw = o.text_or_empty("traffic_saw");
    o.each("opinions", [&](const Object& item) {
        trial.opinions.push_back({item.time("after_fault_ns"), item.flag("suspects")});
    });
    if (o.has("cost")) {
        const Object c = o.object("cost");
        trial.cost = {c.integer("tx_packets"), c.integer("tx_bytes"), c.integer("wakeups"),
                      c.integer("cpu_ns")};
    }
    return trial;
}

EndLine end_line(const Object& o) {
    return {o.small<int>("trials"), o.small<int>("invalid"), o.time("wall_ns"), o.flag("interrupted"),
            o.knows("virtual_ns") ? o.time("virtual_ns") : Duration{0}};
}

} // namespace

std::string to_json(const Line& line) {
    const Json json = std::visit([](const auto& l) { return of(l); }, line);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Line> parse_line(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded())
        throw NotJson(fmt::format("is not JSON, as a line that was cut off; {}", mend_of_a_line));
    const Object object{json, ""};
    const std::string type = object.text("type");
    if (type == "run")
        return run_line(object);
    if (type == "trial")
        return trial_line(object);
    if (type == "end")
        return end_line(object);
    return std::nullopt;
}

} // namespace halfopen
