#include "reports/csv.h"

#include <algorithm>

#include "support/catch.h"

#include "tests/reports/golden.h"

using namespace halfopen;
using golden::says;

TEST_CASE("a spreadsheet has a line for each trial, below the names") {
    const Records records = golden::records("laws");
    const std::string csv = csv_report(records);
    CHECK(static_cast<size_t>(std::count(csv.begin(), csv.end(), '\n')) == records.trials.size() + 1);
    CHECK(csv.starts_with("id,scenario,traffic,detector,"));
    CHECK(says(csv, "\r\nsilent-drop/idle/\"") == false);
    CHECK(says(csv, "\"silent-drop/idle/keepalive:idle=60s,interval=5s,count=3/r1\",silent-drop,idle,"));
    CHECK(says(csv, ",unreachable,noticed,gone,recv: ETIMEDOUT,75"));
}

TEST_CASE("quotes, commas and ends of lines stay inside their field") {
    Records records = golden::records("one_cell");
    records.trials.resize(1);
    records.trials.front().why = "a \"b\", c\nd";
    CHECK(says(csv_report(records), ",\"a \"\"b\"\", c\nd\"\r\n"));
}

TEST_CASE("what was not there is empty, and no number") {
    Records records = golden::records("laws");
    std::erase_if(records.trials, [](const TrialLine& t) { return t.outcome != Outcome::missed; });
    records.trials.resize(1);
    CHECK(says(csv_report(records), ",missed,,,,"));
}
