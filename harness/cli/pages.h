#pragma once
// The pages of scenarios, detectors and laws, as they stand beside the code.

#include <string>

namespace halfopen {

/// The page of a detector or scenario, or of "law-1".."law-5" and "laws". BadInput with the nearest name when there
/// is none.
std::string page_of(const std::string& name);

/// "recv_as_stated.md" for "recv-as-stated", "keepalive_user_timeout.md" for "keepalive+user-timeout".
std::string detector_page_file(std::string name);

} // namespace halfopen
