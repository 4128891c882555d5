#pragma once
// One run of the schedule, from the first world to the last verdict. Only schedule.cpp uses it.

#include <algorithm>
#include <map>

#include "harness/base/error.h"
#include "harness/trial/schedule_queue.h"

namespace halfopen::scheduling {

/// Worlds are built and fired in groups, and watched beside each other: while one group is built and fired, the ones before
/// it are watched.
class Run {
public:
    Run(TrialLab& lab, const ScheduleEvents& tell, const SchedulePace& pace, const std::vector<Trials>& groups)
        : lab_(lab), tell_(tell), pace_(pace), queue_(groups) {
        for (const Trials& group : groups) total_ += group.size();
    }

    /// False when it was stopped.
    bool run() {
        for (;;) {
            if (!tear_down()) return false;
            const std::vector<PlannedTrial> group = queue_.take(room(), pace_.group, lab_.now());
            if (!group.empty()) {
                if (!build(group) || !fire_all()) return false;
                end_spoilt();
                if (!stay_quiet()) return false;
                continue;
            }
            if (queue_.empty() && watched_.empty()) return true;
            if (!watch(queue_.due_after(lab_.now()))) return false;
        }
    }

private:
    /// For worlds beside those that there are.
    size_t room() const {
        const size_t capacity = static_cast<size_t>(std::max(1, lab_.capacity()));
        return capacity - std::min(capacity, open_.size());
    }

    bool build(const std::vector<PlannedTrial>& trials) {
        group_.clear();
        for (size_t i = 0; i < trials.size(); ++i) {
            end_what_is_over();
            if (!may_be_busy(pace_.busy) || !lab_.sleep_until(lab_.now())) return false;
            if (tell_.progress) tell_.progress("building", static_cast<int>(i), static_cast<int>(trials.size()), {});
            auto open = std::make_unique<Open>();
            open->planned = trials[i];
            try {
                open->live = lab_.build(trials[i]);
            } catch (const CannotHere& e) {
                tell_end(not_run(trials[i], Outcome::skipped, e.what()));
                continue;
            } catch (const Error& e) {
                tell_end(not_run(trials[i], Outcome::invalid, e.what()));
                continue;
            }
            group_.push_back(open.get());
            open_.push_back(std::move(open));
        }
        return rest_until(lab_.now() + pace_.settle);
    }

    /// Every trial has a moment to fire; its proof of life comes as long before as its phase asks for.
    void make_timetable() {
        const Instant begin = lab_.now() + std::chrono::milliseconds{20};
        Instant fire = begin;
        for (Open* open : group_) {
            const Duration before = open->planned.before_fault;
            open->fire_due = fire = std::max(fire, begin + before);
            // Half a gap aside, so that a start does not meet another trial's firing.
            events_.push({fire - before - (before > Duration::zero() ? Duration::zero() : pace_.gap / 2), Step::start, open});
            events_.push({fire, Step::fire, open});
            fire += pace_.gap;
        }
    }

    bool fire_all() {
        make_timetable();
        int fired = 0;
        while (!events_.empty() || !checks_.empty()) {
            end_at_horizon();
            Events& next = check_is_next() ? checks_ : events_;
            const Event event = next.top();
            if (!heal_until(event.at) || !lab_.sleep_until(event.at)) return false;
            next.pop();
            handle(event);
            if (event.step == Step::fire && tell_.progress)
                tell_.progress("firing", ++fired, static_cast<int>(group_.size()), {});
        }
        return true;
    }

    /// A verification that is due goes before firings that are late: until it is made, the canary retransmits what is
    /// lost, and whoever reads the host's counters reads that.
    bool check_is_next() {
        return !checks_.empty() && (events_.empty() || checks_.top().at <= std::max(events_.top().at, lab_.now()));
    }

    void handle(const Event& event) {
        Open& open = *event.trial;
        if (open.done || !open.invalid.empty()) return;
        try {
            switch (event.step) {
            case Step::start:
                open.started = lab_.now();
                open.live->start();
                break;
            case Step::fire: fire(event, open); break;
            case Step::verify: open.invalid = open.live->verify(); break;
            case Step::heal: heal(open); break;
            }
        } catch (const Error& e) {
            open.invalid = e.what();
        }
    }

    void fire(const Event& event, Open& open) {
        // A trial that began late, on a busy machine, is fired as much later.
        if (const Instant earliest = open.started + open.planned.before_fault; lab_.now() < earliest) {
            open.fire_due = earliest;
            events_.push({earliest, Step::fire, &open});
            return;
        }
        if (!open.live->is_settled()) {
            if (event.at > open.fire_due + std::chrono::seconds{1})
                open.invalid = "noisy: the proof of life was not read and acknowledged within a second";
            else
                events_.push({lab_.now() + std::chrono::milliseconds{1}, Step::fire, &open});
            return;
        }
        open.invalid = open.live->fire();
        const Instant now = lab_.now();
        open.horizon_end = now + open.planned.horizon;
        open.speaks_from = now + earliest_notice(open.planned) - moment;
        open.speaks_by = now + std::min(open.planned.horizon, latest_notice(open.planned) + moment);
        if (!open.invalid.empty()) return;
        watched_.push_back(&open);
        if (open.planned.traffic == Traffic::one_write)
            open.live->write_at(now + one_write_after_fault);
        // What the canary sent must have had the time to arrive.
        checks_.push({now + pace_.verify_after + open.planned.scenario->slowest_way(), Step::verify, &open});
        if (open.planned.heal_after) heals_.emplace(now + *open.planned.heal_after, &open);
    }

    /// A false alarm before it ends the trial. After it, retransmissions that have backed off wait about as long again as
    /// the outage lasted, and the last check of a trial waits for them.
    void heal(Open& open) {
        if (open.live->has_noticed()) return;
        open.live->heal();
        open.flows_again = lab_.now() + 2 * *open.planned.heal_after + std::chrono::seconds{1};
    }

    /// Heals what is due until then, each at its own moment.
    bool heal_until(Instant end) {
        while (!heals_.empty() && heals_.begin()->first <= end) {
            const auto [at, open] = *heals_.begin();
            if (!lab_.sleep_until(at)) return false;
            heals_.erase(heals_.begin());
            handle({at, Step::heal, open});
        }
        return true;
    }

    /// Heals what would fall due while a world is built or torn down, or a trial is judged.
    bool may_be_busy(Duration so_long) {
        while (!heals_.empty() && heals_.begin()->first <= lab_.now() + so_long)
            if (!heal_until(heals_.begin()->first)) return false;
        return true;
    }

    /// Worlds are built while trials wait for their healing.
    bool rest_until(Instant end) { return heal_until(end) && lab_.sleep_until(end); }

    /// Trials of the group that the machine spoilt end at once.
    void end_spoilt() {
        for (Open* open : group_)
            if (!open->invalid.empty()) finish(*open);
        group_.clear();
        queue_.no_spares_before(lab_.now() + pace_.spare_pause);
    }

    /// What the machine spoilt, at the fault, at the healing or at the judgement, is told as invalid, and comes back as a spare.
    void finish(Open& open) {
        TrialLine line;
        try {
            line = open.live->finish(open.invalid);
        } catch (const Error& e) {
            line = not_run(open.planned, Outcome::invalid, e.what());
        }
        open.done = true;
        if (line.outcome == Outcome::invalid && line.why.starts_with(noisy) && open.planned.attempt < pace_.attempts)
            queue_.try_again(open.planned);
        tell_end(line);
    }

    void tell_end(const TrialLine& line) {
        ended_ += line.attempt == 1; // A spare takes a place that is counted already.
        tell_.finished(line);
    }

    template <typename IsOver> void end_those(IsOver is_over) {
        std::erase_if(watched_, [&](Open* open) {
            if (!is_over(*open) || !may_be_busy(pace_.judging)) return false;
            finish(*open);
            return true;
        });
    }

    /// What a trial costs is counted up to its horizon, so nobody stays beyond it, even while others are fired.
    void end_at_horizon() {
        if (!heals_.empty() && heals_.begin()->first <= lab_.now() + pace_.judging) return; // A moment later, then.
        end_those([now = lab_.now()](const Open& open) { return now >= open.horizon_end && open.invalid.empty(); });
    }

    /// While others are fired a notice is left where it is: whoever comes to fetch it would disturb them.
    void end_what_is_over() {
        end_those([now = lab_.now()](const Open& open) {
            const bool noticed = open.live->has_noticed() && now >= open.flows_again;
            return noticed || now >= open.horizon_end || !open.invalid.empty();
        });
    }

    /// Destroying a namespace disturbs microseconds elsewhere, so it is done before a group is built, and not while one is
    /// fired.
    bool tear_down() {
        std::erase_if(heals_, [](const auto& heal) { return heal.second->done; });
        std::erase_if(watched_, [](const Open* open) { return open->done; }); // Spoilt ones end without being watched.
        std::vector<Open*> done;
        for (const auto& open : open_)
            if (open->done) done.push_back(open.get());
        size_t killed = 0;
        for (size_t i = 0; i < done.size(); ++i) {
            if (!may_be_busy(pace_.busy)) return false;
            for (; killed < std::min(i + die_together, done.size()); ++killed)
                if (done[killed]->live) done[killed]->live->kill();
            done[i]->live.reset();
        }
        std::erase_if(open_, [](const std::unique_ptr<Open>& open) { return open->done; });
        return true;
    }

    /// From now until the next group is built and fired.
    Instant busy_until() const {
        const Trials* next = queue_.next_group();
        if (!next) return Instant::max();
        Duration before{0};
        for (const PlannedTrial* trial : *next) before = std::max(before, trial->before_fault);
        return lab_.now() + static_cast<int>(next->size()) * (pace_.busy + pace_.gap) + pace_.settle + before;
    }

    /// Building takes the processors from those who are to notice something, so it begins when nobody is predicted to before
    /// it is done.
    bool stay_quiet() {
        for (;;) {
            const Instant busy = busy_until();
            Instant end{};
            for (const Open* open : watched_)
                if (open->speaks_from <= busy && !open->live->has_noticed()) end = std::max(end, open->speaks_by);
            if (lab_.now() >= end) return true;
            if (!watch(end)) return false;
        }
    }

    /// Sleeps until a trial is over, or until then; false when the run is to be stopped.
    bool watch(Instant at_most) {
        end_what_is_over();
        Instant until{}, next = at_most;
        for (const Open* open : watched_) {
            until = std::max(until, open->horizon_end);
            next = std::min({next, open->horizon_end, open->live->has_noticed() ? open->flows_again : Instant::max()});
        }
        if (tell_.progress) tell_.progress("waiting", static_cast<int>(ended_), static_cast<int>(total_), until);
        if (next == Instant::max()) return true; // Nobody is watched any more.
        if (!heals_.empty()) next = std::min(next, heals_.begin()->first);
        return lab_.sleep_until_notice(next) && heal_until(lab_.now());
    }

    TrialLab& lab_;
    const ScheduleEvents& tell_;
    const SchedulePace& pace_;
    BuildQueue queue_;
    std::vector<std::unique_ptr<Open>> open_; ///< every world that there is
    std::vector<Open*> group_;                ///< that is being built and fired
    std::vector<Open*> watched_;
    Events events_; ///< starts and firings
    Events checks_; ///< verifications
    std::multimap<Instant, Open*> heals_; ///< they come while other trials are built and fired, or long after
    size_t total_ = 0, ended_ = 0;
};

} // namespace halfopen::scheduling
