#pragma once
// Writing without blocking and without dying of SIGPIPE.

#include <vector>

#include "detectors/predicting.h"

namespace halfopen {

/// Sends what the kernel takes of `unsent`, and leaves the rest there. False when the connection is over:
/// then the verdict has been given.
bool send_some(int fd, std::vector<char>& unsent, Out&);

/// When a write of the traffic profile fails, for a method that takes a failing send() for the end.
Prediction send_fails(const Situation&);

/// Why such a method cannot be run: "never writes in idle traffic". Empty when it can.
std::string never_writes(Traffic);

} // namespace halfopen
