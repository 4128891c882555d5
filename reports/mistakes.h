#pragma once
// The sentence about who calls a client dead that is not.

#include <string>
#include <vector>

#include "reports/rowfacts.h"

namespace halfopen {

/// "As stated, laws 1-3 call a half-closed client dead; law 1 (...) calls a client dead that is alive
/// (healthy)." About the laws, or about all rows when there are no laws. Empty when nobody does.
std::string mistakes(const std::vector<RowFacts>& rows);

} // namespace halfopen
