// JSON to records.

#include "harness/trial/record.h"

#include "harness/trial/captured_json.h"
#include "harness/trial/json_object.h"
#include "harness/trial/own_server_json.h"

namespace halfopen {

namespace {

ScenarioHead scenario_head(const Object& o) {
    return {o.text("name"), o.text("label"), o.text("group"), o.word("truth", parse_truth),
            o.text("summary")};
}

DetectorHead detector_head(const Object& o) {
    DetectorHead head{o.text("spec"), o.text("name"),    o.text("label"), o.small<int>("law"),
                      o.text("form"), o.text("summary"), o.flag("control")};
    if (o.knows("client_helps"))
        head.client_helps = o.flag("client_helps");
    if (o.knows("family"))
        head.family = o.text("family");
    return head;
}

PredictedLine predicted_line(const Object& o) {
    return {o.text("kind"),          o.word("outcome", parse_outcome), o.window("after_ns"),
            o.text_or_empty("signal"), o.text("rule"),                   o.knows("steps") ? o.texts("steps") : std::vector<std::string>{}};
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
    if (o.has("capture"))
        trial.capture.emplace();
    return trial;
}

EndLine end_line(const Object& o) {
    return {o.small<int>("trials"), o.small<int>("invalid"), o.time("wall_ns"), o.flag("interrupted"),
            o.knows("virtual_ns") ? o.time("virtual_ns") : Duration{0}};
}

} // namespace

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
    if (type == "capture")
        return read_capture(object);
    return std::nullopt;
}

} // namespace halfopen
