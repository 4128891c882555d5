#pragma once
// Law 1 done right, which laws 4 and 5 and most other methods are built on.

#include "detectors/detector.h"

namespace halfopen {

/// Reads once from the connection. False when that ended it: then the verdict has been given.
bool receive(Connection&, Out&, int flags = 0);

} // namespace halfopen
