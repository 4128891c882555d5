// A fault that heals: how it is undone, and how long it may take until bytes pass again.

#include <algorithm>

#include "harness/trial/trial.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {
/// What a prediction grants; a machine that is later than that has spoilt the trial.
constexpr Duration healed_late = 20ms;
} // namespace

void WorldTrial::heal() {
    const auto& entries = planned_.scenario->faults;
    for (size_t i = 0; i < faults_.size(); ++i)
        if (entries[i].settings.heals) faults_[i]->heal(world_);
    healed_ = MonotonicClock::now();
    for (size_t i = 0; i < faults_.size() && not_healed_.empty(); ++i)
        if (entries[i].settings.heals) not_healed_ = faults_[i]->why_not_healed(world_);
    if (!not_healed_.empty()) not_healed_ = "the fault was not healed: " + not_healed_;
    const Duration late = *healed_ - bracket_.before - *planned_.heal_after;
    if (late > healed_late) not_healed_ = fmt::format("{}: the fault was healed {} too late", noisy, say(late));
}

std::string WorldTrial::why_not_healed_by(Duration noticed_after) const {
    if (healed_ || !planned_.heal_after || noticed_after <= *planned_.heal_after + healed_late) return {};
    return fmt::format("{}: the fault was to be healed after {}, and was not when the verdict came", noisy,
                       say(*planned_.heal_after));
}

Duration NamespaceTrial::patience() const {
    // A round trip, and one more where a retransmission that was not needed holds new data back.
    const Duration travel = 100ms + 4 * planned_.scenario->slowest_way();
    if (!healed_) return travel;
    // The client's retransmissions have backed off during the outage, up to as long again as it lasted.
    return std::max(travel, *healed_ + 2 * *planned_.heal_after + 1s - MonotonicClock::now());
}

} // namespace halfopen
