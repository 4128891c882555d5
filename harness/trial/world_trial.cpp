#include "harness/trial/trial.h"

#include <algorithm>
#include <utility>

#include "harness/base/error.h"
#include "harness/base/noise.h"
#include "harness/trial/kernel_facts.h"

namespace halfopen {

using namespace std::chrono_literals;

WorldTrial::WorldTrial(const PlannedTrial& planned, const KernelFacts& kernel, World world)
    : planned_(planned), kernel_(kernel), world_(std::move(world)), predicted_(*planned.planned) {}

void WorldTrial::arm() {
    for (const FaultEntry& fault : planned_.scenario->faults) {
        faults_.push_back(fault.make());
        faults_.back()->arm(world_);
    }
}

void WorldTrial::undo_faults() {
    for (const auto& fault : faults_)
        if (fault->describe().heals) fault->heal(world_);
}

Situation WorldTrial::situation_of_world() const {
    Situation s;
    planned_.scenario->tell(s);
    s.traffic = planned_.traffic;
    s.kernel = kernel_for(*planned_.detector, kernel_);
    s.heals_after = planned_.heal_after;
    s.horizon = planned_.horizon;
    return s;
}

WorldTrial::Moment WorldTrial::predict_for(Instant due) {
    const Duration ahead = due - MonotonicClock::now();
    const Situation situation = read_situation(due);
    predicted_ = method().predict(situation);
    situation_ = {std::string(method().timing().anchor), anchor_before(due, situation), situation.rto, situation.srtt,
                  situation.unacked, situation.notsent_bytes, situation.heals_after};
    if (is_on_the_beat(due, ahead, situation)) return Moment::on_the_beat;
    return MonotonicClock::now() < due ? Moment::good : Moment::past;
}

Instant WorldTrial::choose_moment() {
    Duration ahead = 3ms;
    for (const Instant patience = MonotonicClock::now() + 250ms;;) {
        const Instant due = MonotonicClock::now() + ahead;
        const Moment moment = predict_for(due);
        if (moment == Moment::good || MonotonicClock::now() > patience) return due;
        // A beat is let pass and then looked at: what is predicted further ahead would not know that it came.
        if (moment == Moment::on_the_beat) sleep_until(MonotonicClock::now() + 4ms);
        if (moment == Moment::past) ahead = std::min<Duration>(3 * ahead, 81ms);
    }
}

bool WorldTrial::is_on_the_beat(Instant due, Duration ahead, const Situation& situation) const {
    constexpr Duration margin = 5ms, overdue = 100ms; // A busy machine beats late.
    constexpr Duration answer = 2ms;                  // So long what a beat asks for may be under way.
    const Timing timing = method().timing();
    if (timing.anchor.empty() || timing.period <= 2 * margin) return false;
    const Duration since = anchor_before(due, situation);
    if (since >= Duration::zero() && since < ahead + answer) return true; // It came while the situation was read.
    return since % timing.period > timing.period - margin || (since >= timing.period && since % timing.period < overdue);
}

std::string WorldTrial::fire() {
    for (const auto& fault : faults_) fault->lead_up(world_);
    look_before_fault();
    const Precision limit = precision(faults_.front()->describe());
    // The prediction is made for an instant a little ahead, and the fault waits for it: so it is stored before the
    // outcome can be known, and its origins lie exactly as far back as it was told. Who misses that instant, because the
    // machine was busy with something else, lets it pass and chooses another; only the write of in-flight cannot be
    // taken back.
    Instant due{};
    for (int tries = 0; tries < 10; ++tries) {
        due = choose_moment();
        // Whoever waits for his moment takes a processor, and the write of in-flight may need the only one there is.
        const bool writes_first = planned_.traffic == Traffic::in_flight;
        bool by_itself = !writes_first && faults_.front()->alert(world_, due);
        if (const std::string why = why_not_ready(due); !why.empty()) return why;
        if (writes_first) by_itself = faults_.front()->alert(world_, due);
        if (by_itself) break;
        sleep_exactly_until(due);
        if (MonotonicClock::now() - due < limit.slip / 5 || planned_.traffic == Traffic::in_flight) break;
    }
    just_before_fault();
    bracket_ = faults_.front()->fire(world_);
    for (size_t i = 1; i < faults_.size(); ++i) faults_[i]->fire(world_);
    world_.canary().probe(planned_.scenario->path());
    if (bracket_.before - due > limit.slip)
        return fmt::format("noisy: the fault happened {} after the moment it was predicted for", say(bracket_.before - due));
    // What counts from the fault comes as late as the fault, which happened somewhere in its bracket; what counts from before
    // it does not, and so comes sooner.
    if (predicted_.kind == Prediction::Kind::window) {
        predicted_.after.from -= std::max(bracket_.before - due, Duration::zero());
        predicted_.after.to += bracket_.width();
    }
    if (bracket_.width() > limit.width)
        return fmt::format("noisy: the fault happened within {}, the limit is {}", say(bracket_.width()), say(limit.width));
    return why_in_vain();
}

std::string WorldTrial::verify() {
    for (const auto& fault : faults_)
        if (not_bitten_.empty()) not_bitten_ = fault->why_not_bitten(world_);
    const Passage wanted = planned_.scenario->path(), met = world_.canary().result();
    if (not_bitten_.empty() && wanted != Passage::unchecked && met != wanted)
        not_bitten_ = fmt::format("on the canary connection the path {}, the fault says that it {}", name(met), name(wanted));
    world_.canary().close();
    verified_ = not_bitten_.empty();
    return not_bitten_.starts_with(noisy) ? not_bitten_ : "";
}

TrialLine WorldTrial::finish(const std::string& invalid) {
    TrialLine line = not_run(planned_, Outcome::invalid, invalid);
    line.situation = situation_;
    line.predicted = to_line(predicted_, line.truth, line.horizon);
    if (planned_.capture) line.predicted.steps = predicted_.steps;
    if (bracket_.before == Instant{}) return line;
    if (!verified_ && not_bitten_.empty() && invalid.empty()) verify();
    line.fault = {bracket_.before, bracket_.after};
    line.fault_verified = verified_;
    line.why.clear();
    judge_line(line);
    const std::string unusable = std::exchange(line.why, invalid);
    line.outcome = judge(line.truth, line.verdict, line.noticed_after && *line.noticed_after < 0ns);
    const Slot& slot = world_.slot();
    if (line.why.empty() && slot.broken.is_set()) line.why = slot.broken.get();
    if (line.why.empty() && !not_bitten_.empty())
        line.why = not_bitten_.starts_with(noisy) ? not_bitten_ : "the fault did not bite: " + not_bitten_;
    if (line.why.empty()) line.why = not_healed_;
    if (line.why.empty() && line.noticed_after) line.why = why_not_healed_by(*line.noticed_after);
    if (line.why.empty()) line.why = why_not_a_result();
    if (line.why.empty()) line.why = unusable;
    if (!line.why.empty()) line.outcome = Outcome::invalid;
    return line;
}

} // namespace halfopen
