#pragma once
// What a run of the schedule keeps of its trials. Only schedule.cpp uses it.

#include <algorithm>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "harness/trial/schedule.h"

namespace halfopen::scheduling {

using Trials = std::vector<const PlannedTrial*>;

/// Worlds that are torn down at a time: a process takes milliseconds to end, and each processor can end one.
inline constexpr size_t die_together = 8;

enum class Step { start, fire, verify, heal };

/// From the fault to the last moment at which the detector is predicted to speak; zero when it does not before the horizon.
inline Duration latest_notice(const PlannedTrial& trial) {
    if (trial.planned->kind != Prediction::Kind::window || trial.planned->after.from > trial.horizon) return Duration::zero();
    return std::clamp(trial.planned->after.to, Duration::zero(), trial.horizon);
}

/// The same to the first one.
inline Duration earliest_notice(const PlannedTrial& trial) {
    return latest_notice(trial) > Duration::zero() ? std::max(trial.planned->after.from, Duration::zero()) : Duration::zero();
}

/// So far from what is predicted a scheduler may still put it.
inline constexpr Duration moment = std::chrono::milliseconds{50};

struct Open {
    PlannedTrial planned;
    std::unique_ptr<LiveTrial> live;
    Instant started{}, fire_due{}, horizon_end{Instant::max()};
    Instant speaks_from{}, speaks_by{}; ///< as it is predicted
    Instant flows_again{}; ///< after a healing: what was held back has passed by then
    std::string invalid;
    bool done = false;
};

struct Event {
    Instant at;
    Step step;
    Open* trial;
    bool operator>(const Event& other) const { return at > other.at; }
};
using Events = std::priority_queue<Event, std::vector<Event>, std::greater<>>;

} // namespace halfopen::scheduling
