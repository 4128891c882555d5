#pragma once
// A lab without a kernel: its clock jumps, its trials do what a script says. For tests of schedule and outcomes.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/trial/schedule.h"

namespace halfopen::testing {

/// What a trial of the scripted lab does.
struct Script {
    std::optional<Duration> notices_after{}; ///< from the fault; negative: said before
    Verdict verdict = Verdict::gone;
    Duration bracket{std::chrono::microseconds{20}};
    int noisy_attempts = 0;       ///< the first so many attempts are spoilt by the machine
    int slow_attempts = 0;        ///< the same, and it shows at the verification
    int late_attempts = 0;        ///< the same, and it shows in the end
    std::string build_error{};    ///< building throws Error
    std::string cannot{};         ///< building throws CannotHere
    Duration settles_after{0};    ///< from start to is_settled
    bool bites = true;
};

/// One thing that happened, in order.
struct Happened {
    std::string what, id;
    Instant at;
};

class ScriptedLab final : public TrialLab {
public:
    explicit ScriptedLab(std::function<Script(const PlannedTrial&)> script) : script_(std::move(script)) {}

    Instant now() override { return now_; }
    bool sleep_until(Instant wake) override {
        if (stop_at && wake >= *stop_at) return false;
        now_ = std::max(now_, wake);
        return true;
    }
    /// Looks every 50 ms whether a script has spoken, as nobody posts.
    bool sleep_until_notice(Instant wake) override {
        return sleep_until(std::min(wake, now_ + std::chrono::milliseconds{50}));
    }
    std::unique_ptr<LiveTrial> build(const PlannedTrial&) override;
    int capacity() override { return worlds; }

    void spend(Duration d) { now_ += d; }
    void note(const std::string& what, const std::string& id) { happened.push_back({what, id, now_}); }
    /// The instants of one kind of happening, by trial.
    std::map<std::string, Instant> when(const std::string& what) const;

    std::vector<Happened> happened;
    std::optional<Instant> stop_at;
    int worlds = 1000;
    Duration building_takes{0}, starting_takes{0};
    int alive = 0, most_alive = 0;

private:
    std::function<Script(const PlannedTrial&)> script_;
    Instant now_{std::chrono::seconds{1000}};
};

} // namespace halfopen::testing
