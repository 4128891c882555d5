#include "harness/trial/schedule.h"

#include <algorithm>
#include <queue>
#include <random>

#include "harness/base/error.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

enum class Step { start, fire, verify, heal };

struct Event {
    Instant at;
    Step step;
    size_t trial;
    bool operator>(const Event& other) const { return at > other.at; }
};
using Events = std::priority_queue<Event, std::vector<Event>, std::greater<>>;

struct Open {
    PlannedTrial planned;
    std::unique_ptr<LiveTrial> live;
    Instant fire_due{}, horizon_end{Instant::max()};
    Instant flows_again{}; ///< after a healing: what was held back has passed by then
    std::string invalid;
    bool fired = false, verified = false, done = false;
};

/// One batch of worlds, alive together.
class Batch {
public:
    Batch(TrialLab& lab, const ScheduleEvents& tell, const SchedulePace& pace) : lab_(lab), tell_(tell), pace_(pace) {}

    bool run(std::vector<PlannedTrial> trials) {
        while (!trials.empty()) {
            if (!build(trials) || !fire_all()) return false;
            trials = take_spares();
            if (!trials.empty() && !rest_until(lab_.now() + pace_.spare_pause)) return false;
        }
        return wait_for_all();
    }

private:
    bool build(const std::vector<PlannedTrial>& trials) {
        first_ = open_.size();
        for (const PlannedTrial& planned : trials) {
            if (!rest_until(lab_.now())) return false;
            if (tell_.progress)
                tell_.progress("building", static_cast<int>(open_.size() - first_), static_cast<int>(trials.size()), {});
            Open open;
            open.planned = planned;
            try {
                open.live = lab_.build(planned);
            } catch (const CannotHere& e) {
                tell_.finished(not_run(planned, Outcome::skipped, e.what()));
                continue;
            } catch (const Error& e) {
                tell_.finished(not_run(planned, Outcome::invalid, e.what()));
                continue;
            }
            open_.push_back(std::move(open));
        }
        return rest_until(lab_.now() + pace_.settle);
    }

    /// Every trial has a moment to fire; its proof of life comes as long before as its phase asks for.
    void make_timetable() {
        Duration longest{0};
        for (size_t i = first_; i < open_.size(); ++i) longest = std::max(longest, open_[i].planned.before_fault);
        Instant fire = lab_.now() + longest + 20ms;
        for (size_t i = first_; i < open_.size(); ++i, fire += pace_.gap) {
            open_[i].fire_due = fire;
            // Half a gap aside, so that a start does not meet another trial's firing.
            const Duration aside = open_[i].planned.before_fault > 0ns ? 0ns : pace_.gap / 2;
            events_.push({fire - open_[i].planned.before_fault - aside, Step::start, i});
            events_.push({fire, Step::fire, i});
        }
    }

    bool fire_all() {
        make_timetable();
        int fired = 0;
        while (!events_.empty() || !checks_.empty()) {
            Events& next = check_is_next() ? checks_ : events_;
            const Event event = next.top();
            if (!heal_until(event.at) || !lab_.sleep_until(event.at)) return false;
            next.pop();
            handle(event);
            if (event.step == Step::fire && tell_.progress)
                tell_.progress("firing", ++fired, static_cast<int>(open_.size() - first_), {});
        }
        return true;
    }

    /// A verification that is due goes before firings that are late: until it is made, the canary retransmits what is
    /// lost, and whoever reads the host's counters reads that.
    bool check_is_next() {
        return !checks_.empty() && (events_.empty() || checks_.top().at <= std::max(events_.top().at, lab_.now()));
    }

    void handle(const Event& event) {
        Open& open = open_[event.trial];
        if (!open.invalid.empty()) return;
        try {
            switch (event.step) {
            case Step::start: open.live->start(); break;
            case Step::fire: fire(event, open); break;
            case Step::verify:
                open.invalid = open.live->verify();
                open.verified = true;
                break;
            case Step::heal: heal(open); break;
            }
        } catch (const Error& e) {
            open.invalid = e.what();
        }
    }

    void fire(const Event& event, Open& open) {
        if (!open.live->is_settled()) {
            if (event.at > open.fire_due + 1s)
                open.invalid = "noisy: the proof of life was not read and acknowledged within a second";
            else
                events_.push({lab_.now() + 1ms, Step::fire, event.trial});
            return;
        }
        open.invalid = open.live->fire();
        const Instant now = lab_.now();
        open.fired = true;
        open.horizon_end = now + open.planned.horizon;
        if (!open.invalid.empty()) return;
        if (open.planned.traffic == Traffic::one_write)
            open.live->write_at(now + one_write_after_fault);
        // What the canary sent must have had the time to arrive.
        checks_.push({now + pace_.verify_after + open.planned.scenario->slowest_way(), Step::verify, event.trial});
        if (open.planned.heal_after) heals_.push({now + *open.planned.heal_after, Step::heal, event.trial});
    }

    /// A false alarm before it ends the trial. After it, retransmissions that have backed off wait about as long again as
    /// the outage lasted, and the last check of a trial waits for them.
    void heal(Open& open) {
        if (open.done || open.live->has_noticed()) return;
        open.live->heal();
        open.flows_again = lab_.now() + 2 * *open.planned.heal_after + 1s;
    }

    /// Heals what is due until then, each at its own moment.
    bool heal_until(Instant end) {
        while (!heals_.empty() && heals_.top().at <= end) {
            const Event event = heals_.top();
            if (!lab_.sleep_until(event.at)) return false;
            heals_.pop();
            handle(event);
        }
        return true;
    }

    /// Spares are built while other trials of the batch wait for their healing.
    bool rest_until(Instant end) { return heal_until(end) && lab_.sleep_until(end); }

    /// Trials that the machine spoilt are told as invalid, and come back as spares.
    std::vector<PlannedTrial> take_spares() {
        std::vector<PlannedTrial> spares;
        for (size_t i = first_; i < open_.size(); ++i) {
            Open& open = open_[i];
            if (open.invalid.empty()) continue;
            if (open.invalid.starts_with(noisy) && open.planned.attempt < pace_.attempts) {
                spares.push_back(open.planned);
                ++spares.back().attempt;
            }
            finish(open);
        }
        return spares;
    }

    void finish(Open& open) {
        TrialLine line;
        try {
            line = open.live->finish(open.invalid);
        } catch (const Error& e) {
            line = not_run(open.planned, Outcome::invalid, e.what());
        }
        tell_.finished(line);
        open.done = true;
    }

    bool wait_for_all() {
        for (;;) {
            int left = 0, total = 0;
            Instant until{}, next = Instant::max();
            const Instant now = lab_.now();
            for (Open& open : open_) {
                total += open.planned.attempt == 1; // A spare takes a place that is counted already.
                if (open.done) continue;
                const bool noticed = open.live->has_noticed() && now >= open.flows_again;
                if (noticed || now >= open.horizon_end || !open.invalid.empty()) {
                    finish(open);
                    continue;
                }
                ++left;
                until = std::max(until, open.horizon_end);
                next = std::min({next, open.horizon_end, open.live->has_noticed() ? open.flows_again : Instant::max()});
            }
            if (tell_.progress) tell_.progress("waiting", total - left, total, until);
            if (left == 0) return true;
            if (!heals_.empty()) next = std::min(next, heals_.top().at);
            if (!lab_.sleep_until_notice(next) || !heal_until(lab_.now())) return false;
        }
    }

    TrialLab& lab_;
    const ScheduleEvents& tell_;
    const SchedulePace& pace_;
    std::vector<Open> open_;
    size_t first_ = 0; ///< of the round that is being built and fired
    Events events_; ///< starts and firings
    Events checks_; ///< verifications
    Events heals_; ///< they come while other trials are fired, or long after
};

/// Shuffled, so that neighbours in the catalogue do not share a moment of the machine; what is watched for long
/// together, so that no batch waits for a single trial; storms of signals last, so that they blow while nothing else is
/// fired.
std::vector<PlannedTrial> in_firing_order(std::vector<PlannedTrial> trials, uint64_t seed) {
    std::mt19937_64 random(seed);
    for (size_t i = trials.size(); i > 1; --i) std::swap(trials[i - 1], trials[random() % i]);
    std::stable_sort(trials.begin(), trials.end(),
                     [](const PlannedTrial& a, const PlannedTrial& b) { return a.horizon < b.horizon; });
    std::stable_partition(trials.begin(), trials.end(),
                          [](const PlannedTrial& t) { return t.scenario->signal_interval == 0ns; });
    return trials;
}

} // namespace

TrialLine not_run(const PlannedTrial& planned, Outcome outcome, const std::string& why) {
    TrialLine line;
    line.id = planned.id;
    line.scenario = planned.scenario->name;
    line.traffic = info(planned.traffic).name;
    line.detector = planned.detector->describe().name;
    line.settings = planned.detector->settings().values();
    line.spec = planned.spec;
    line.repeat = planned.repeat;
    line.attempt = planned.attempt;
    line.phase = planned.phase;
    line.truth = planned.scenario->truth;
    line.horizon = planned.horizon;
    line.situation.heals_after = planned.heal_after;
    line.planned = line.predicted = to_line(planned.planned, line.truth, line.horizon);
    line.outcome = outcome;
    line.why = why;
    return line;
}

bool run_schedule(TrialLab& lab, const std::vector<PlannedTrial>& trials, uint64_t seed, const ScheduleEvents& tell,
                  const SchedulePace& pace) {
    std::vector<PlannedTrial> to_run;
    for (const PlannedTrial& trial : trials) {
        if (trial.skip.empty())
            to_run.push_back(trial);
        else
            tell.finished(not_run(trial, Outcome::skipped, trial.skip));
    }
    to_run = in_firing_order(std::move(to_run), seed);
    const size_t size = static_cast<size_t>(std::max(1, lab.capacity()));
    for (size_t begin = 0; begin < to_run.size(); begin += size) {
        const auto end = std::min(begin + size, to_run.size());
        std::vector<PlannedTrial> batch(to_run.begin() + static_cast<long>(begin), to_run.begin() + static_cast<long>(end));
        if (!Batch(lab, tell, pace).run(std::move(batch))) return false;
    }
    return true;
}

} // namespace halfopen
