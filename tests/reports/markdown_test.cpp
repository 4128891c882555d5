// Whole reports, byte by byte, and the promises that hold for every one of them.

#include "reports/markdown.h"

#include <algorithm>
#include <random>

#include "support/catch.h"

#include "tests/reports/golden.h"

using namespace halfopen;
using golden::report_of;
using golden::says;
using namespace std::chrono_literals;

namespace {

void matches_golden(const std::string& stem) {
    const std::string report = report_of(stem);
    CHECK(report == golden::expected(stem + ".md", report));
}

} // namespace

TEST_CASE("the report of the five laws is as it was last read") { matches_golden("laws"); }
TEST_CASE("the report of an interrupted run is as it was last read") { matches_golden("interrupted"); }
TEST_CASE("the report of a single cell is as it was last read") { matches_golden("one_cell"); }
TEST_CASE("the report of a run with too many invalid trials is as it was last read") {
    matches_golden("invalid");
}
TEST_CASE("the report of measurements outside their prediction is as it was last read") {
    matches_golden("exceptions");
}
TEST_CASE("the report without any law is as it was last read") { matches_golden("no_laws"); }
TEST_CASE("the report of a run in virtual time is as it was last read") { matches_golden("virtual_6_1"); }
TEST_CASE("the report of controls alone is as it was last read") { matches_golden("controls"); }

TEST_CASE("the first sentences say which laws hear a pulled plug, and which never do") {
    const std::string report = report_of("laws");
    CHECK(says(report, "**Laws 1-3 hear only a goodbye**"));
    CHECK(says(report, "drop, as when a plug is pulled"));
    CHECK(says(report, "**Law 5 alone of the laws noticed all three silent failures**"));
    CHECK(says(report, "As stated, laws 1-3 call a half-closed client dead"));
    CHECK(says(report, "calls a client dead that is alive (healthy)"));
}

TEST_CASE("a cross claims that nothing was noticed in the time watched, and no more") {
    CHECK(says(report_of("laws"), "✗ not noticed in the 80 s watched"));
    Records shorter = golden::records("laws");
    for (TrialLine& trial : shorter.trials)
        trial.horizon = 30s;
    CHECK(says(markdown_report(shorter), "✗ not noticed in the 30 s watched"));
}

TEST_CASE("a failure that keepalive noticed while idle and missed after a write is told with its rule") {
    const std::string report = report_of("laws");
    CHECK(says(report, "**✗ [15 min 38 s]**"));
    CHECK(says(report, "no longer noticed drop: a byte is unacknowledged, so keepalive is off"));
}

TEST_CASE("more than 2 % invalid trials stand in the first line, and nothing is ranked") {
    const std::string report = report_of("invalid");
    CHECK(report.find("**2 of 27 trials (7.4 %) are invalid") < 60);
    CHECK_FALSE(says(report, "| right |\n|:--|:--|:-:"));
    CHECK_FALSE(says(report, "noticed all"));
    CHECK(says(report, "Nothing: more than 2 % of the trials are invalid."));
}

TEST_CASE("exactly 2 % invalid trials are accepted") {
    Records records = golden::records("laws");
    records.trials.resize(100);
    for (TrialLine& trial : records.trials)
        if (trial.outcome == Outcome::skipped)
            trial.outcome = Outcome::missed;
    records.trials[0].outcome = records.trials[1].outcome = Outcome::invalid;
    CHECK_FALSE(says(markdown_report(records), "nothing is ranked"));
    records.trials[2].outcome = Outcome::invalid;
    CHECK(says(markdown_report(records), "nothing is ranked"));
}

TEST_CASE("every measurement outside its prediction stands before the first matrix") {
    const std::string report = report_of("exceptions");
    const std::string first = report.substr(0, report.find("**The server only waits"));
    CHECK(says(first, "Outside the prediction: 3 cells."));
    CHECK(says(first, "noticed after 12.0 ms (recv: ECONNRESET), predicted never"));
    CHECK(says(first, "noticed after 79.3 s (recv: ETIMEDOUT), predicted 75.0-77.0 s"));
    CHECK(says(first, "silent in the 80.0 s watched, predicted 8.00-10.0 s"));
}

TEST_CASE("the order of the lines in a file changes nothing") {
    for (const char* stem : {"laws", "invalid", "exceptions"}) {
        Records records = golden::records(stem);
        const std::string before = markdown_report(records);
        std::shuffle(records.trials.begin(), records.trials.end(), std::mt19937{7});
        CHECK(markdown_report(records) == before);
    }
}

TEST_CASE("a report can be made of any part of a run") {
    const Records whole = golden::records("laws");
    for (size_t count = 0; count <= whole.trials.size(); count += 3) {
        Records part = whole;
        part.trials.resize(count);
        part.end.reset();
        const std::string report = markdown_report(part);
        CHECK(report.rfind("# ", 0) == 0);
        CHECK(says(report, "This run has not ended"));
    }
}

TEST_CASE("records without heads still get their rows and columns") {
    Records records = golden::records("laws");
    records.runs[0].scenarios.clear();
    records.runs[0].detectors.clear();
    const std::string report = markdown_report(records);
    CHECK(says(report, "silent-d"));
    CHECK(says(report, "keepalive:idle=60s,interval=5s,count=3"));
}

TEST_CASE("a control that speaks is not passed over") {
    Records records = golden::records("laws");
    for (TrialLine& trial : records.trials)
        if (trial.detector == "noop") {
            trial.verdict = Verdict::gone;
            trial.outcome = Outcome::noticed;
            break;
        }
    CHECK(says(markdown_report(records), "**The control failed**"));
}

TEST_CASE("a report of 900 trials stays below 500 kB") {
    Records records = golden::records("laws");
    const std::vector<TrialLine> once = records.trials;
    for (int copy = 1; copy < 8; ++copy)
        for (TrialLine trial : once) {
            trial.scenario += std::to_string(copy);
            trial.id += std::to_string(copy);
            records.trials.push_back(trial);
        }
    REQUIRE(records.trials.size() > 900);
    CHECK(markdown_report(records).size() < 500'000);
}

TEST_CASE("a window that begins some microseconds before the fault is told from the fault on") {
    Records records = golden::records("one_cell");
    for (TrialLine& trial : records.trials)
        trial.predicted.after = Window{-20us, 10ms};
    const std::string report = markdown_report(records);
    CHECK(says(report, "up to 10.0 ms"));
    CHECK_FALSE(says(report, "-20.0 µs"));
}

TEST_CASE("a matrix that is too wide is split by the groups of its columns") {
    Records records = golden::records("laws");
    const std::vector<TrialLine> once = records.trials;
    for (int copy = 1; copy < 4; ++copy)
        for (TrialLine trial : once) {
            trial.scenario += std::to_string(copy);
            trial.id += std::to_string(copy);
            records.trials.push_back(trial);
        }
    const std::string report = markdown_report(records);
    CHECK(says(report, "| law | method | healthy | right |"));
    CHECK(says(report, "| law | method | FIN | half | RST | right |"));
}

TEST_CASE("a run in another traffic profile says so in its first sentence") {
    Records records = golden::records("no_laws");
    for (TrialLine& trial : records.trials)
        trial.traffic = "sending";
    CHECK(says(markdown_report(records),
               "Sending: the server writes 100 bytes every 100 ms, before and after the fault."));
}

TEST_CASE("a report of virtual time says nothing of a machine's load, and how much time passed in the guests") {
    const std::string report = report_of("virtual_6_1");
    CHECK(says(report, "guest kernel 6.1.0-56-cloud-amd64, HZ 250, virtual time · 27.4 h of virtual time"));
    CHECK(says(report, "✗ not noticed in the 3 h watched"));
    CHECK(says(report, "| 2 h 13 min | 2 h 3 min¹ |"));
    for (const char* of_this_machine : {"this machine", "load 0", "busy machine", "quieter", "wall clock"})
        CHECK_FALSE(says(report, of_this_machine));
}

TEST_CASE("a report of virtual time gives the digest of its trials and what it is bound to, and others promise none") {
    const Records records = golden::records("virtual_6_1");
    const std::string report = markdown_report(records);
    CHECK(says(report, "Digest of the trial lines: `" + trial_digest(records) + "`."));
    CHECK(says(report, "| CPU model | Nehalem |"));
    CHECK_FALSE(says(report_of("laws"), "Digest"));
}

TEST_CASE("a run that went on with another emulator promises no digest") {
    Records records = golden::records("virtual_6_1");
    records.runs.push_back(records.runs.front());
    records.runs.back().guest->qemu_digest = "sha256:other";
    const std::string report = markdown_report(records);
    CHECK(says(report, "nobody is promised the same"));
    CHECK_FALSE(says(report, "| bound to |"));
}

TEST_CASE("methods that are right after seconds and after hours get a time each") {
    CHECK(says(report_of("virtual_6_1"), "idle=2h,interval=75s,count=9` (after 2 h 13 min) gave the right answer in 5 of 7 "
                                         "cells each, in brackets the slowest notice of a silent failure"));
}
