#pragma once

#include <string>

namespace halfopen {

/// Where the sources lie that the tests were built from: golden files, pages, scripts.
std::string source_tree();

} // namespace halfopen
