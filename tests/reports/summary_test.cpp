#include "reports/summary.h"

#include "support/catch.h"

#include "tests/reports/golden.h"
#include "tests/reports/large_records.h"

using namespace halfopen;
using golden::says;

namespace {

/// As a summary has it, beside which nothing lies.
std::string without_links(std::string report) {
    const std::string link = "[trials.jsonl](trials.jsonl)";
    return report.replace(report.find(link), link.size(), "records: `trials.jsonl`");
}

} // namespace

TEST_CASE("a summary names the file of the records, and links nothing that is not there where it is pasted") {
    for (const char* stem : {"laws", "try_leaks", "virtual_6_1"}) {
        const std::string summary = summary_report(golden::records(stem));
        CHECK(says(summary, "records: `trials.jsonl`"));
        CHECK_FALSE(says(summary, "]("));
    }
}

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

TEST_CASE("a summary of try that does not fit leaves whole sections out, and says where they are") {
    Records records = golden::records("try_leaks");
    golden::multiply_failures(records, 45);
    const std::string whole = markdown_report(records), summary = summary_report(records);
    REQUIRE(whole.size() > 2 * most_of_summary);
    CHECK(summary.size() <= most_of_summary);
    CHECK(says(summary, "More: `halfopen report FOLDER`"));
    int missing = 0;
    for (size_t at = whole.find("\n## "); at != std::string::npos;) {
        const size_t next = whole.find("\n## ", at + 1), heading_ends = whole.find('\n', at + 1);
        const std::string section = whole.substr(at, next - at), heading = whole.substr(at, heading_ends - at + 1);
        INFO(heading);
        CHECK(says(summary, heading) == says(summary, section));
        missing += !says(summary, heading);
        at = next;
    }
    CHECK(missing >= 1); // Those behind them still fit.
    CHECK(says(summary, "## Words"));
    CHECK(summary_report(golden::records("try_leaks")) == without_links(golden::report_of("try_leaks")));
}
