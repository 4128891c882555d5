#pragma once
// Hand-ins of a class, as a table and as a picture of what it believed.

#include <filesystem>
#include <string>
#include <vector>

#include "harness/learn/hand_in.h"

namespace halfopen {

struct Collected {
    struct One {
        std::string file; ///< below the folder that was collected from
        HandIn hand_in;
    };
    std::vector<One> hand_ins;          ///< sorted by lesson, then file; each learner's latest
    std::vector<std::string> problems;  ///< one line each: bad JSON, another version, handed in twice
};

/// Every .json below the folder. A file that cannot be read is a problem and hides no other. BadInput when there is no such
/// folder or no hand-in in it.
Collected collect(const std::filesystem::path& folder);

/// RFC 4180: a line for each round of each hand-in; times in nanoseconds, the slowest of a round. What learners typed cannot
/// begin a formula.
std::string class_csv(const Collected&);
/// For each question how many gave which answer, and which one the runs showed to be right. 80 columns.
std::string class_histogram(const Collected&);

} // namespace halfopen
