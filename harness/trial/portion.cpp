#include "harness/trial/portion.h"

#include <algorithm>

#include "harness/trial/own_server_json.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

// Large enough that starting a machine, some 4 s, costs little beside its trials; small enough that several processors share
// even a small plan, and that a machine of fixed memory holds all worlds of a portion at once.
constexpr Duration portion_of_small_plan = 18s, largest_portion = 30s;
constexpr int enough_portions = 32;
constexpr size_t most_worlds = 150;

// Measured with QEMU 7.2, over all of `standard`: what a world, and an awakening of the guest, take of a processor's time on
// the wall.
constexpr Duration cost_of_world = 90ms, cost_of_waking = 530us;

/// Notices within a second, and storms of signals, are a matter of microseconds.
bool is_quick(const PlannedTrial& t) {
    const Prediction& p = *t.planned;
    const bool soon = p.kind == Prediction::Kind::window && p.after.from >= 0ns && p.after.to <= 1s;
    return soon || t.scenario->is_storm();
}

/// How often per second something happens in a trial's world.
double wakings_per_second(const PlannedTrial& t) {
    const TrafficInfo& traffic = info(t.traffic);
    const Duration period = t.detector->timing().anchor.empty() ? 0ns : t.detector->timing().period;
    double sum = 0;
    for (const Duration beat : {traffic.client_interval, traffic.server_interval, t.detector->hello_interval(), period,
                                t.scenario->signal_interval})
        if (beat > 0ns) sum += 1e9 / static_cast<double>(beat.count());
    return sum;
}

/// Adds portions of about one cost, so that none is a remainder that a machine is started for.
void add_to(std::vector<Portion>& portions, const std::vector<PlannedTrial>& trials, bool alone) {
    Duration total{0};
    for (const PlannedTrial& t : trials) total += expected_cost(t);
    const Duration each = std::clamp(total / enough_portions, portion_of_small_plan, largest_portion);
    // Alone, a world is there only while it is watched.
    const size_t most = alone ? trials.size() : most_worlds;
    const auto count = std::max<int64_t>((total + each - 1ns) / each, static_cast<int64_t>((trials.size() + most - 1) / std::max<size_t>(most, 1)));
    Duration so_far{0};
    int64_t begun = 0;
    for (const PlannedTrial& t : trials) {
        if (begun == 0 || so_far * count >= total * begun || portions.back().trials.size() == most) {
            portions.push_back({alone, {}});
            ++begun;
        }
        portions.back().trials.push_back(t);
        so_far += expected_cost(t);
    }
}

Json of(const Prediction& p) {
    return {{"kind", static_cast<int>(p.kind)},
            {"verdict", static_cast<int>(p.verdict)},
            {"after_ns", {p.after.from.count(), p.after.to.count()}},
            {"signal", p.signal},
            {"rule", p.rule}};
}

Prediction read_prediction(const Json& j) {
    Prediction p;
    p.kind = static_cast<Prediction::Kind>(j.at("kind").get<int>());
    p.verdict = static_cast<Verdict>(j.at("verdict").get<int>());
    p.after = {Duration{j.at("after_ns")[0].get<int64_t>()}, Duration{j.at("after_ns")[1].get<int64_t>()}};
    p.signal = j.at("signal").get<std::string>();
    p.rule = j.at("rule").get<std::string>();
    return p;
}

Json of(const PlannedTrial& t) {
    return {{"id", t.id},
            {"scenario", t.scenario->name},
            {"traffic", info(t.traffic).name},
            {"spec", t.spec},
            {"repeat", t.repeat},
            {"phase", t.phase},
            {"horizon_ns", t.horizon.count()},
            {"before_fault_ns", t.before_fault.count()},
            {"capture", t.capture},
            {"heal_after_ns", t.heal_after ? Json(t.heal_after->count()) : Json(nullptr)},
            {"planned", of(*t.planned)}};
}

PlannedTrial read_trial(const Json& j, const std::optional<OwnServer>& server) {
    PlannedTrial t;
    t.id = j.at("id").get<std::string>();
    t.scenario = &find_scenario(j.at("scenario").get<std::string>());
    t.traffic = *parse_traffic(j.at("traffic").get<std::string>());
    t.spec = j.at("spec").get<std::string>();
    t.detector = server ? method_of(*server) : make_detector(t.spec);
    t.repeat = j.at("repeat").get<int>();
    t.phase = j.at("phase").get<double>();
    t.capture = j.at("capture").get<bool>();
    t.horizon = Duration{j.at("horizon_ns").get<int64_t>()};
    t.before_fault = Duration{j.at("before_fault_ns").get<int64_t>()};
    if (!j.at("heal_after_ns").is_null()) t.heal_after = Duration{j.at("heal_after_ns").get<int64_t>()};
    t.planned = std::make_shared<const Prediction>(read_prediction(j.at("planned")));
    return t;
}

} // namespace

Duration expected_cost(const PlannedTrial& t) {
    const bool ends = t.planned->kind == Prediction::Kind::window && t.planned->after.to < t.horizon;
    const Duration watched = t.before_fault + std::max<Duration>(0ns, ends ? t.planned->after.to : t.horizon);
    const double wakings = wakings_per_second(t) * std::chrono::duration<double>(watched).count();
    return cost_of_world + Duration{static_cast<int64_t>(wakings * static_cast<double>(cost_of_waking.count()))};
}

std::vector<Portion> cut(const Plan& plan) {
    std::vector<PlannedTrial> quick, slow;
    for (const PlannedTrial& t : plan.trials)
        if (t.skip.empty()) (is_quick(t) ? quick : slow).push_back(t);
    std::vector<Portion> portions;
    add_to(portions, quick, true);
    add_to(portions, slow, false);
    return portions;
}

std::string to_json(const Portion& portion, uint64_t seed) {
    Json trials = Json::array();
    for (const PlannedTrial& t : portion.trials) trials.push_back(of(t));
    Json json{{"seed", seed}, {"alone", portion.alone}, {"trials", trials}};
    if (portion.server) json["server"] = json_of(*portion.server);
    return json.dump();
}

ReadPortion read_portion(const std::string& text) {
    const Json json = Json::parse(text);
    ReadPortion read;
    read.seed = json.at("seed").get<uint64_t>();
    read.portion.alone = json.at("alone").get<bool>();
    if (json.contains("server")) read.portion.server = read_own_server_task(Object(json.at("server"), "server."));
    for (const Json& trial : json.at("trials")) read.portion.trials.push_back(read_trial(trial, read.portion.server));
    return read;
}

} // namespace halfopen
