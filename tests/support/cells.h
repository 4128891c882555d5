#pragma once
// Cells run in real namespaces, for tests.

#include <map>
#include <string>
#include <vector>

#include "harness/trial/plan.h"
#include "harness/trial/record.h"

namespace halfopen::testing {

/// Runs a selection in a lab of its own, without a store; one line for each trial. Throws what the lab throws.
std::vector<TrialLine> run_cells(const Selection&);
/// The same of several selections whose cells differ: their worlds share batches, so it takes little longer than one.
std::vector<TrialLine> run_cells(const std::vector<Selection>&);
std::vector<TrialLine> run_trials(std::vector<PlannedTrial>);

/// By id; of several attempts the last.
std::map<std::string, TrialLine> by_id(const std::vector<TrialLine>&);

/// "missed", or "noticed recv: ETIMEDOUT": what a test compares.
std::string say(const TrialLine&);

} // namespace halfopen::testing
