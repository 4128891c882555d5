#pragma once
// Names that the catalogues will hold and do not hold yet: scenarios/planned.toml.

#include <string>
#include <string_view>
#include <vector>

namespace halfopen {

struct Planned {
    std::string name;
    std::string summary; ///< one sentence
    std::string instead; ///< what exists and comes nearest
};

const std::vector<Planned>& planned_scenarios();
const std::vector<Planned>& planned_detectors();

/// BadInput, one line with what exists instead, when the name, or the name of the spec, is one of them.
void refuse_planned(std::string_view name_or_spec);

} // namespace halfopen
