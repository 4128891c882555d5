#pragma once
// Law 1 done right, which laws 4 and 5 and most other methods are built on.

#include <optional>

#include "detectors/detector.h"

namespace halfopen {

/// Reads once from the connection. False when that ended it: then the verdict has been given.
bool receive(Connection&, Out&, int flags = 0);

/// The same, for a method that looks at what it reads: the bytes, or nothing when the connection ended.
std::optional<std::span<const char>> receive_into(std::span<char> buffer, Connection&, Out&, int flags = 0);

} // namespace halfopen
