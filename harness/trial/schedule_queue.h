#pragma once
// What a run of the schedule is still to build. Only schedule.cpp uses it.

#include <algorithm>
#include <deque>
#include <vector>

#include "harness/trial/schedule_parts.h"

namespace halfopen::scheduling {

/// The groups of the plan, and spares for trials that the machine has spoilt.
class BuildQueue {
public:
    explicit BuildQueue(const std::vector<Trials>& groups) : groups_(groups.begin(), groups.end()) {}

    bool empty() const { return groups_.empty() && spares_.empty(); }
    /// The plan's next group; none when all are built.
    const Trials* next_group() const { return groups_.empty() ? nullptr : &groups_.front(); }

    void try_again(const PlannedTrial& spoilt) {
        spares_.push_back(spoilt);
        ++spares_.back().attempt;
    }
    /// Spares alone are not built before that moment.
    void no_spares_before(Instant due) { spares_due_ = due; }
    /// When spares come that only time holds back; never, where none do.
    Instant due_after(Instant now) const { return !spares_.empty() && now < spares_due_ ? spares_due_ : Instant::max(); }

    /// What is built next; empty while there is nothing, or no room. Spares are few, and everybody waits for them in the end:
    /// they go first, `most_spares` at a time. They come when what follows their fault at once is over for all.
    std::vector<PlannedTrial> take(size_t room, int most_spares, Instant now) {
        const bool has_spares = !spares_.empty() && (now >= spares_due_ || !groups_.empty());
        const size_t spares = has_spares ? std::min(spares_.size(), static_cast<size_t>(std::max(1, most_spares))) : 0;
        if (room < spares) return {};
        std::vector<PlannedTrial> group;
        for (; group.size() < spares; spares_.pop_front()) group.push_back(std::move(spares_.front()));
        if (groups_.empty() || room - spares < groups_.front().size()) return group;
        for (const PlannedTrial* trial : groups_.front()) group.push_back(*trial);
        groups_.pop_front();
        return group;
    }

private:
    std::deque<Trials> groups_; ///< not copies: every process of every world would have them too
    std::deque<PlannedTrial> spares_;
    Instant spares_due_{};
};

} // namespace halfopen::scheduling
