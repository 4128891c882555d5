#pragma once
// What is said beside the measurement of a server of the user's own: what other methods would have done, and what to
// set. Both come from the rules, and are stored with the run.

#include "harness/trial/messages.h"
#include "harness/trial/plan.h"

namespace halfopen {

/// Fills in `others`, and `advice` for noticing within so long; nothing: as soon as law 4 does.
void complete(OwnServerLine&, const Plan&, const LabFacts&, std::optional<Duration> within);

/// "redis-server listens after 12 ms; its sockets: ...", while its connections are being made.
std::string introduce(const RunLine&);

} // namespace halfopen
