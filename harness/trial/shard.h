#pragma once
// A plan dealt out to several machines: each runs its shard, and `merge` puts the records together again.

#include <set>
#include <string>
#include <vector>

#include "harness/trial/plan.h"

namespace halfopen {

struct Shard {
    int number = 1; ///< from 1
    int count = 1;
    bool operator==(const Shard&) const = default;
};

/// "2/4". BadInput says how it is written.
Shard parse_shard(const std::string& text);

/// Which of these things belong to that shard, by their places. Every one is in exactly one shard: sorted by what they
/// take they are dealt out like cards, there and back, so that all shards take about as long.
std::set<size_t> dealt(const std::vector<Duration>& expected, const Shard&);

/// How long a trial takes, from the proof of life to the notice or the horizon.
Duration expected_duration(const PlannedTrial&);

} // namespace halfopen
