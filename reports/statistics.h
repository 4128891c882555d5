#pragma once
// The few statistics that a report prints. All are exact: no normal approximation, no assumption about the
// shape of the distribution.

#include <optional>
#include <utility>
#include <vector>

#include "harness/base/time.h"

namespace halfopen {

/// The middle value, or the mean of the two in the middle. `sorted` is not empty.
Duration median(const std::vector<Duration>& sorted);
/// The smallest value that at least `share` of the values do not exceed. `sorted` is not empty.
Duration quantile(const std::vector<Duration>& sorted, double share);

/// The ranks (from 1) of the order statistics between which the median of the population lies with at least
/// 95 % confidence, whatever the distribution. Nothing below n = 6: even minimum to maximum is then less
/// sure.
std::optional<std::pair<int, int>> median_ranks(int n);

/// The true share of successes is at least this, at 95 % confidence, one-sided, after `k` successes in `n`
/// (Clopper and Pearson). 0 for k = 0.
double share_at_least(int k, int n);

/// The rate of events is below this number per `exposure`, at 95 % confidence, one-sided, after `events` in
/// it (exact Poisson). `exposure` is in the unit that the caller chooses.
double rate_below(int events, double exposure);

} // namespace halfopen
