// What changes in a report when there are dozens of methods or of failures.

#include <algorithm>

#include "support/catch.h"

#include "tests/reports/golden.h"

using namespace halfopen;
using golden::says;

namespace {

/// The laws' records with every method five times.
Records many_methods() {
    Records records = golden::records("laws");
    const auto heads = records.runs.front().detectors;
    const auto trials = records.trials;
    for (int copy = 1; copy < 5; ++copy) {
        const std::string number = std::to_string(copy);
        for (DetectorHead head : heads) {
            head.spec += number;
            head.label += " no. " + number;
            head.law = 0;
            records.runs.front().detectors.push_back(head);
        }
        for (TrialLine trial : trials) {
            trial.spec += number;
            trial.id += number;
            records.trials.push_back(trial);
        }
    }
    return records;
}

/// The laws' records with every failure six times.
Records many_failures() {
    Records records = golden::records("laws");
    const auto heads = records.runs.front().scenarios;
    const auto trials = records.trials;
    for (int copy = 1; copy < 6; ++copy) {
        const std::string number = std::to_string(copy);
        for (ScenarioHead head : heads) {
            head.name += number;
            head.label += number;
            records.runs.front().scenarios.push_back(head);
        }
        for (TrialLine trial : trials) {
            trial.scenario += number;
            trial.id += number;
            records.trials.push_back(trial);
        }
    }
    return records;
}

} // namespace

TEST_CASE("among dozens of methods those that said nothing stand below the table, together") {
    const std::string few = golden::report_of("laws"), many = markdown_report(many_methods());
    const std::string row = "| recv, done right | 0/1 missed | > 80 s |";
    REQUIRE(says(few, row));
    CHECK_FALSE(says(many, row));
    CHECK(says(many, "- *0/1 missed, > 80 s, predicted never, inside 1/1*: recv, as stated; "));
    CHECK(many.size() < 5 * few.size());
}

TEST_CASE("dozens of failures are counted in a sentence, and not listed") {
    const std::string report = markdown_report(many_failures());
    CHECK(says(report, "none of the 18 silent failures (drop, as when a plug is pulled; "));
    CHECK(says(report, "and 13 more)"));
    CHECK(says(report, "| drop, drop1, drop2, drop3, drop4, drop5 | law 1 ("));
}

TEST_CASE("what only a few methods were asked does not decide what to set") {
    Records records = golden::records("laws");
    const auto only_asked = [](const TrialLine& t) { return t.traffic == "idle" || t.detector == "select"; };
    std::erase_if(records.trials, [&](const TrialLine& t) { return !only_asked(t); });
    const std::string report = markdown_report(records);
    CHECK(says(report, "Most often right of what was run with idle traffic: "));
    CHECK_FALSE(says(report, "`select` gave the right answer"));
}

TEST_CASE("who needs the client's help is told apart by what it needs, and not by its law") {
    Records records = golden::records("laws");
    for (DetectorHead& head : records.runs.front().detectors) head.client_helps = true;
    const std::string report = markdown_report(records);
    CHECK(says(report, "the client must speak this protocol"));
    CHECK_FALSE(says(report, "Without the client's help"));
}
