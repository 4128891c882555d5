#include "harness/trial/plan.h"

#include <algorithm>
#include <random>

#include "detectors/theory/one_way.h"
#include "detectors/theory/retransmission.h"
#include "harness/base/error.h"
#include "harness/linux/machine.h"
#include "harness/trial/kernel_facts.h"
#include "harness/trial/plan_file.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// A number in [0, 1) that depends on the seed and the cell alone, so that a plan is the same wherever it is made.
double jitter(uint64_t seed, const std::string& cell) {
    uint64_t hash = 14695981039346656037ULL ^ seed; // FNV-1a
    for (const char c : cell) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return static_cast<double>(std::mt19937_64{hash}() >> 11) * 0x1.0p-53;
}

/// Where traffic has a beat of its own, the fault falls so long after one: by then no delayed ACK is under way
/// (40 ms, TCP_DELACK_MIN), which a router could answer. A request, its answer and the ACK are three ways.
Duration after_a_beat(Duration one_way) { return 70ms + 3 * one_way; }

Duration on_the_beat(Traffic traffic, Duration before, Duration one_way) {
    const Duration beat = std::max(info(traffic).client_interval, info(traffic).server_interval);
    if (beat == 0ns) return before;
    return (before + beat - 1ns) / beat * beat + after_a_beat(one_way);
}

/// What all cells of a plan share.
struct Common {
    KernelFacts kernel;
    Duration sweep_up_to;
    std::optional<Duration> horizon; ///< asked for on the command line
};

/// As a storm of signals does: what is asked is whether the method works under them.
bool begins_with_the_watching(const Scenario& scenario) { return scenario.effect() == Effect::signals || is_watched_late(scenario.stage); }

/// How the fault lies to the detector's clock.
struct Phases {
    Duration lead{0}, period{0}, one_way{0};
    Duration before(Traffic traffic, double phase) const {
        const auto part = Duration{static_cast<int64_t>(static_cast<double>(period.count()) * phase)};
        const Duration least = traffic == Traffic::buffer_full ? 500ms : 0ms;
        return on_the_beat(traffic, std::max(least, lead + part), one_way);
    }
    Window range(Traffic traffic) const { return {before(traffic, 0), before(traffic, 1) + 60ms}; }
};

Phases phases_of(const Scenario& scenario, const Detector& detector, Duration sweep_up_to) {
    if (begins_with_the_watching(scenario)) return {};
    const Timing timing = detector.timing();
    // The proof of life has to travel, and its acknowledgement back.
    return {timing.lead + 2 * scenario.one_way,
            timing.anchor.empty() || timing.period > sweep_up_to ? 0ns : timing.period, scenario.one_way};
}

/// The situation of a link with a delay: RTT and RTO as they will be, and everything that is heard is one way old when it
/// arrives; negative times belong to what will be on its way at the fault.
void plan_delay(Situation& s, Window before) {
    const Duration way = s.one_way, client = info(s.traffic).client_interval, server = info(s.traffic).server_interval;
    // Both handshake and proof of life have measured the round trip; a server that writes goes on measuring.
    s.srtt += 2 * way;
    s.rto = retransmission_timeout(s.srtt, 2 + static_cast<int>(server > 0ns ? before.from / s.srtt : 0), s.kernel);
    if (client > 0ns) {
        const Duration sent = after_a_beat(way) % client;
        s.segment_before_fault = s.message_before_fault = {sent, sent + 40ms};
    }
    for (Window* heard : {&s.segment_before_fault, &s.message_before_fault}) *heard = *heard - Window{way, way};
}

/// Why a fault that is healed then cannot be judged; empty when it can.
std::string why_not_healing(std::optional<Duration> heal_after, Duration horizon) {
    if (!heal_after) return {};
    if (*heal_after < shortest_outage)
        return fmt::format("the fault would be healed after {}, before it is known to bite ({})", say(*heal_after),
                           say(shortest_outage));
    if (*heal_after < horizon) return {};
    return fmt::format("the fault would be healed after {}, and only {} are watched", say(*heal_after), say(horizon));
}

void add_cell(Plan& plan, const Common& common, const Choice::Column& column, const std::string& spec) {
    const Scenario& scenario = *column.scenario;
    const Traffic traffic = column.traffic;
    const std::shared_ptr<const Detector> detector = make_detector(spec);
    PlannedTrial trial;
    trial.spec = spec_of(*detector);
    const std::string cell = fmt::format("{}/{}/{}", scenario.name, info(traffic).name, trial.spec);
    if (!plan.cells.insert(cell).second) return;
    trial.scenario = &scenario;
    trial.traffic = traffic;
    trial.detector = detector;
    trial.horizon = common.horizon.value_or(column.horizon);
    trial.heal_after = scenario.heals_after(detector->timing().limit);
    trial.skip = why_skipped(scenario, traffic, *detector);
    if (trial.skip.empty()) trial.skip = why_not_healing(trial.heal_after, trial.horizon);
    const Phases phases = phases_of(scenario, *detector, common.sweep_up_to);
    Situation situation = planned_situation(scenario, traffic, *detector, phases.range(traffic), common.kernel);
    situation.horizon = trial.horizon;
    trial.planned = std::make_shared<const Prediction>(detector->predict(situation));
    const double u = jitter(plan.seed, cell);
    for (int i = 0; i < plan.repeats; ++i) {
        trial.repeat = i + 1;
        trial.id = fmt::format("{}/r{}", cell, trial.repeat);
        trial.phase = phases.period > 0ns ? (i + u) / plan.repeats : 0;
        trial.before_fault = phases.before(traffic, trial.phase);
        plan.trials.push_back(trial);
    }
}

/// Each detector once, however often and however spelled it was asked for.
std::vector<std::string> canonical(const std::vector<std::string>& specs) {
    std::vector<std::string> all;
    for (const std::string& spec : specs) {
        const std::string exact = spec_of(*make_detector(spec));
        if (std::find(all.begin(), all.end(), exact) == all.end()) all.push_back(exact);
    }
    return all;
}

} // namespace

void hear_on(Situation& s, const Detector& detector) {
    if (!s.client_is_heard) return;
    Duration beat = info(s.traffic).client_interval;
    if (const Duration hello = detector.hello_interval(); hello > 0ns) beat = beat > 0ns ? std::min(beat, hello) : hello;
    if (beat > 0ns) s.message_before_fault = last_message_heard(s, s.message_before_fault, beat);
}

Window over_a_period(const Scenario& scenario, const Detector& detector) {
    if (begins_with_the_watching(scenario)) return {};
    const Timing timing = detector.timing();
    return {timing.lead, timing.lead + timing.period};
}

Situation planned_situation(const Scenario& scenario, Traffic traffic, const Detector& detector, Window before,
                            const KernelFacts& kernel) {
    Situation s;
    scenario.tell(s);
    s.traffic = traffic;
    s.kernel = kernel_for(detector, kernel);
    s.heals_after = scenario.heals_after(detector.timing().limit);
    if (is_watched_late(s.stage)) return s; // All begins with the fault.
    // The fault waits until the proof of life has arrived and its acknowledgement is back.
    before = {std::max(before.from, 2 * s.one_way), std::max(before.to, 2 * s.one_way)};
    s.watch_before_fault = s.segment_before_fault = s.message_before_fault = before;
    // Whoever sends by a beat of its own has been heard within the last beat.
    const Duration hello = detector.hello_interval(), client = info(traffic).client_interval;
    const Duration asks = detector.describe().job == Job::both ? detector.timing().period : 0ns;
    for (const Duration beat : {hello, client, asks})
        if (beat > 0ns) s.segment_before_fault = s.message_before_fault = {0ns, std::min(before.to, beat) + 60ms};
    if (const Duration server = info(traffic).server_interval; server > 0ns)
        s.segment_before_fault = {0ns, server + 60ms};
    if (const Duration datagram = detector.datagram_interval(); datagram > 0ns)
        s.datagram_before_fault = Window{0ns, std::min(before.to, datagram) + 60ms} - Window{s.one_way, s.one_way};
    if (s.one_way > 0ns) plan_delay(s, before);
    hear_on(s, detector);
    if (traffic == Traffic::in_flight) s.unacked = 1;
    return s;
}

KernelFacts own_kernel() {
    KernelFacts facts;
    facts.hz = kernel_hz();
    return facts;
}

PredictedLine to_line(const Prediction& p, Truth truth, Duration horizon) {
    PredictedLine line;
    line.kind = p.kind == Prediction::Kind::never    ? "never"
                : p.kind == Prediction::Kind::window ? "window"
                                                     : "unknown";
    line.outcome = p.outcome(truth, horizon);
    if (p.kind == Prediction::Kind::window) line.after = p.after;
    line.signal = p.signal;
    line.rule = p.rule;
    return line;
}

Plan make_plan(const Selection& selection) {
    const Choice choice = choose(selection);
    Plan plan;
    plan.name = choice.file.name;
    plan.seed = selection.seed;
    plan.repeats = selection.repeats.value_or(choice.file.repeats);
    plan.horizon = selection.horizon.value_or(choice.file.horizon);
    const bool sweeps_all = selection.virtual_time && choice.file.name == "selection";
    const Common common{selection.kernel ? *selection.kernel : own_kernel(),
                      sweeps_all ? Duration::max() : choice.file.sweep_periods_up_to, selection.horizon};
    for (const Choice::Column& column : choice.columns)
        for (const std::string& spec : canonical(column.detectors))
            add_cell(plan, common, column, spec);
    if (!selection.id.empty())
        std::erase_if(plan.trials, [&](const PlannedTrial& t) { return t.id != selection.id; });
    for (PlannedTrial& t : plan.trials) t.capture = selection.capture;
    if (plan.trials.empty())
        throw Error(Exit::nothing_selected,
                    "nothing is selected; see what there is: halfopen list scenarios, halfopen list detectors");
    if (plan.count_run() == 0)
        throw Error(Exit::nothing_selected, fmt::format("nothing is left to run: {} {}", plan.trials.front().spec,
                                                        plan.trials.front().skip));
    return plan;
}

} // namespace halfopen
