#pragma once
// Writing without blocking and without dying of SIGPIPE.

#include <vector>

#include "detectors/detector.h"

namespace halfopen {

/// Sends what the kernel takes of `unsent`, and leaves the rest there. False when the connection is over:
/// then the verdict has been given.
bool send_some(int fd, std::vector<char>& unsent, Out&);

} // namespace halfopen
