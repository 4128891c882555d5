#include "reports/summary.h"

#include "support/catch.h"

#include "tests/reports/golden.h"

using namespace halfopen;
using golden::says;

TEST_CASE("the summary of a small run has its matrix and what it means, and not every cell") {
    const std::string summary = summary_report(golden::records("laws"));
    CHECK(summary.size() < golden::report_of("laws").size());
    for (const char* part : {"# Which of the five laws", "| law | method |", "## What this means for a server", "## Never noticed"})
        CHECK(says(summary, part));
    CHECK_FALSE(says(summary, "## Measured beside predicted"));
}

TEST_CASE("whatever the run, a summary fits into a comment, and says where the rest is") {
    Records records = golden::records("laws");
    const std::vector<TrialLine> once = records.trials;
    for (int copy = 1; records.trials.size() < 15'000; ++copy)
        for (TrialLine trial : once) {
            trial.scenario += std::to_string(copy);
            trial.id += std::to_string(copy);
            records.trials.push_back(trial);
        }
    const std::string summary = summary_report(records);
    CHECK(summary.size() <= most_of_summary);
    CHECK(says(summary, "More: `halfopen report FOLDER`"));
    for (const char* stem : {"laws", "controls", "invalid", "one_cell", "try_leaks", "virtual_6_1"})
        CHECK(summary_report(golden::records(stem)).size() <= most_of_summary);
}
