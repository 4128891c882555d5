#pragma once
// One cell in words, by theory alone: for `predict` and `explain`.

#include <memory>
#include <string>
#include <vector>

#include "detectors/detector.h"
#include "harness/trial/scenario.h"

namespace halfopen {

/// First line the verdict sentence, then timer by timer with the arithmetic.
/// Profiles that lead to the same words stand together.
std::string say_cells(const Scenario&, const std::vector<Traffic>&, const Detector&);

/// The scenario and the detector among two words, in either order. BadInput when they are not one of each.
struct CellNames {
    const Scenario* scenario;
    std::unique_ptr<Detector> detector;
};
CellNames find_cell(const std::string& one, const std::string& other);

} // namespace halfopen
