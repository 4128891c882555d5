#pragma once
// --require 'DETECTOR SCENARIO <= 30s': what turns a measurement into a check that can fail.

#include <string>
#include <vector>

#include "harness/trial/record.h"

namespace halfopen {

struct Requirement {
    std::string text, spec, scenario;
    Duration limit{0};
};

/// BadInput shows how one is written.
Requirement parse_requirement(const std::string& text);

/// One sentence for every requirement that the records break; one without a trial is broken too.
std::vector<std::string> broken(const std::vector<Requirement>&, const Records&);

} // namespace halfopen
