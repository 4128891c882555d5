#include "harness/trial/rehearsal.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

namespace halfopen {

using namespace std::chrono_literals;

namespace {

// Measured: what a world takes to be built, to be fired beside the gap, and to be torn down, while others are watched.
constexpr Duration building = 17ms, firing = 1ms, tearing_down = 3ms;
// While signals blow, everything else is slower.
constexpr Duration building_in_a_storm = 35ms;

class RehearsalLab final : public TrialLab {
public:
    explicit RehearsalLab(int capacity) : capacity_(capacity) {}
    Instant now() override { return now_; }
    bool sleep_until(Instant wake) override {
        now_ = std::max(now_, wake);
        return true;
    }
    bool sleep_until_notice(Instant wake) override {
        const Instant next = notices_.empty() ? Instant::max() : *notices_.begin();
        sleep_until(std::min(wake, next));
        notices_.erase(notices_.begin(), notices_.upper_bound(now_));
        return true;
    }
    std::unique_ptr<LiveTrial> build(const PlannedTrial& trial) override {
        spend(trial.scenario->is_storm() ? building_in_a_storm : building);
        return std::make_unique<Trial>(*this, trial);
    }
    int capacity() override { return capacity_; }

private:
    /// Notices in the middle of what is predicted of it.
    class Trial final : public LiveTrial {
    public:
        Trial(RehearsalLab& lab, const PlannedTrial& trial) : lab_(lab), planned_(trial.planned), horizon_(trial.horizon) {}
        ~Trial() override { lab_.spend(tearing_down); }
        void start() override {}
        bool is_settled() override { return true; }
        std::string fire() override {
            lab_.spend(firing);
            const Prediction& p = *planned_;
            if (p.kind == Prediction::Kind::window && p.after.from <= horizon_) {
                notice_ = lab_.now() + std::max<Duration>(0ns, p.after.from + (p.after.to - p.after.from) / 2);
                lab_.notices_.insert(*notice_);
            }
            return {};
        }
        void write_at(Instant) override {}
        std::string verify() override { return {}; }
        bool has_noticed() override { return notice_ && lab_.now() >= *notice_; }
        void heal() override {}
        TrialLine finish(const std::string&) override { return {}; }

    private:
        RehearsalLab& lab_;
        std::shared_ptr<const Prediction> planned_;
        Duration horizon_;
        std::optional<Instant> notice_;
    };

    void spend(Duration d) { now_ += d; }

    int capacity_;
    Instant now_{};
    std::multiset<Instant> notices_;
};

} // namespace

Duration rehearse(const std::vector<PlannedTrial>& trials, uint64_t seed, int capacity) {
    RehearsalLab lab(capacity);
    ScheduleEvents unheard;
    unheard.finished = [](const TrialLine&) {};
    run_schedule(lab, trials, seed, unheard);
    return lab.now().time_since_epoch();
}

} // namespace halfopen
