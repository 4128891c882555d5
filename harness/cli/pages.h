#pragma once
// The pages of scenarios, detectors and laws, as they stand beside the code.

#include <string>
#include <vector>

#include "harness/base/traffic.h"

namespace halfopen {

/// The page of a detector or scenario, or of "law-1".."law-5" and "laws". BadInput with the nearest name when there
/// is none.
std::string page_of(const std::string& name);

/// What a scenario's page says that each end still believes, as lines for a terminal: "client's process: stopped; believes nothing".
/// Of rows for several cases, "server, idle" and "server, keepalive on", those that are about this one.
std::vector<std::string> beliefs_of(const std::string& scenario, Traffic, bool keepalive);

/// "recv_as_stated.md" for "recv-as-stated", "keepalive_user_timeout.md" for "keepalive+user-timeout".
std::string detector_page_file(std::string name);

} // namespace halfopen
