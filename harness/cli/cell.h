#pragma once
// One cell in words, by theory alone: for `predict` and `explain`.

#include <string>

#include "detectors/detector.h"
#include "harness/trial/scenario.h"

namespace halfopen {

/// First line the verdict sentence, then timer by timer with the arithmetic.
std::string say_cell(const Scenario&, Traffic, const Detector&);

/// The scenario and the detector among two words, in either order. BadInput when they are not one of each.
struct CellNames {
    const Scenario* scenario;
    std::unique_ptr<Detector> detector;
};
CellNames find_cell(const std::string& one, const std::string& other);

} // namespace halfopen
