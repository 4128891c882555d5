#pragma once
// Records of dozens of methods, or of failures: the laws' records, with everything several times under other names.

#include <string>
#include <vector>

#include "tests/reports/golden.h"

namespace golden {

/// Every head of one list `times` times, and its trials: `rename` gives a copy its name, the trials' key follows.
template <typename Head, typename Rename>
void multiply(halfopen::Records& records, int times, std::vector<Head> halfopen::RunLine::*list,
              std::string halfopen::TrialLine::*key, Rename rename) {
    const auto heads = records.runs.front().*list;
    const auto trials = records.trials;
    for (int copy = 1; copy < times; ++copy) {
        const std::string number = std::to_string(copy);
        for (Head head : heads) {
            rename(head, number);
            (records.runs.front().*list).push_back(head);
        }
        for (halfopen::TrialLine trial : trials) {
            trial.*key += number;
            trial.id += number;
            records.trials.push_back(trial);
        }
    }
}

/// Every method five times; the copies are of no law, and of one family.
inline halfopen::Records many_methods(const std::string& family = "") {
    using namespace halfopen;
    Records all = records("laws");
    multiply(all, 5, &RunLine::detectors, &TrialLine::spec, [&](DetectorHead& head, const std::string& number) {
        head.spec += number;
        head.label += " no. " + number;
        head.law = 0;
        head.form.clear();
        head.family = family;
    });
    return all;
}

/// Every failure `times` times, under other names.
inline void multiply_failures(halfopen::Records& records, int times = 6) {
    using namespace halfopen;
    multiply(records, times, &RunLine::scenarios, &TrialLine::scenario, [](ScenarioHead& head, const std::string& number) {
        head.name += number;
        head.label += number;
    });
}

/// Every failure six times.
inline halfopen::Records many_failures() {
    halfopen::Records all = records("laws");
    multiply_failures(all);
    return all;
}

} // namespace golden
