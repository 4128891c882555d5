#pragma once
// A trial's packets as Wireshark and tshark open them.

#include <string>

#include "harness/trial/record.h"

namespace halfopen {

/// pcapng (draft-ietf-opsawg-pcapng): two interfaces, one for each end, stamps in nanoseconds, the hosts by their names,
/// comments at the fault and at the notice. Empty for a trial without a capture.
std::string pcapng(const TrialLine&);

} // namespace halfopen
