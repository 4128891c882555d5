// Two kernels beside each other, byte by byte, and what such a page promises whatever it compares.

#include "reports/side_by_side.h"

#include <algorithm>

#include "support/catch.h"

#include "tests/reports/golden.h"

using namespace halfopen;
using golden::says;
using namespace std::chrono_literals;

namespace {

std::vector<Records> both() { return {golden::records("virtual_6_1"), golden::records("virtual_6_12")}; }

} // namespace

TEST_CASE("two kernels side by side are as they were last read") {
    const std::string page = side_by_side(both());
    CHECK(page == golden::expected("side_by_side.md", page));
}

TEST_CASE("a run beside itself differs in nothing") {
    const Records run = golden::records("virtual_6_1");
    const std::string page = side_by_side({run, run, run});
    CHECK(says(page, "# Run 1, run 2 and run 3 side by side"));
    CHECK(says(page, "**None of the 49 cells that all of the runs have differs**. Their trial lines are the "
                     "same to the nanosecond.\n"));
    CHECK(says(page, "All 8 kernel parameters that were read back are the same."));
    CHECK_FALSE(says(page, "| traffic |"));
    CHECK_FALSE(says(page, "Only some of the runs"));
}

TEST_CASE("the same cells in another order make the same page") {
    std::vector<Records> runs = both();
    const std::string page = side_by_side(runs);
    std::reverse(runs[1].trials.begin(), runs[1].trials.end());
    CHECK(side_by_side(runs) == page);
}

TEST_CASE("virtual time and the wall clock stand side by side, and each says what weighs on it") {
    const std::string page = side_by_side({golden::records("virtual_6_1"), golden::records("laws")});
    CHECK(says(page, "| lab | virtual, 27.4 h of virtual time | namespaces, load 0.4 on 2 "
                     "processors when it began |"));
    CHECK(says(page, "The plans are not the same; compared is what all have."));
    CHECK(says(page, "short watch"));
    CHECK_FALSE(says(page, "**outcome** |"));
}

TEST_CASE("runs without a common cell say so") {
    std::vector<Records> runs = both();
    for (TrialLine& trial : runs[1].trials)
        trial.scenario += "-2";
    const std::string page = side_by_side(runs);
    CHECK(says(page, "**These runs have no cell in common:** there is nothing to compare."));
    CHECK_FALSE(says(page, "## Every cell"));
}

TEST_CASE("runs of one kernel are numbered") {
    Records other = golden::records("virtual_6_1");
    other.trials.resize(40);
    const std::string page = side_by_side({golden::records("virtual_6_1"), other});
    CHECK(says(page, "# Run 1 and run 2 side by side"));
    CHECK(says(page, "|  | run 1 | run 2 |"));
    CHECK(says(page, "| trials | 112 trials, 0 invalid | 40 of 112 trials, 0 invalid |"));
}

TEST_CASE("a run with too many invalid trials is marked in the head") {
    const std::string page = side_by_side({golden::records("laws"), golden::records("invalid")});
    CHECK(says(page, "2 invalid: **more than the 2 % that are accepted**"));
}
