// What changes in a report when there are dozens of methods or of failures.

#include <algorithm>

#include "support/catch.h"

#include "tests/reports/large_records.h"

using namespace halfopen;
using golden::says;

TEST_CASE("among dozens of methods those that said nothing stand below the table, together") {
    const std::string few = golden::report_of("laws"), many = markdown_report(golden::many_methods());
    const std::string row = "| recv, done right | 0/1 missed | > 80 s |";
    REQUIRE(says(few, row));
    CHECK_FALSE(says(many, row));
    CHECK(says(many, "- *0/1 missed, > 80 s, predicted never, inside 1/1*: the other "));
    CHECK(says(many, "All of these are inside."));
    CHECK(many.size() < 5 * few.size());
}

TEST_CASE("a plot of dozens of methods draws those that look the same once, and none that answered at once") {
    const std::string report = markdown_report(golden::many_methods());
    CHECK(says(report, " rows noticed at once; not drawn."));
    CHECK(says(report, " rows spoke before the fault; not drawn."));
    CHECK(says(report, "+N: N more rows that look the same."));
    CHECK_FALSE(says(golden::report_of("laws"), "noticed at once; not drawn"));
}

TEST_CASE("dozens of failures are counted in a sentence, and not listed") {
    const std::string report = markdown_report(golden::many_failures());
    CHECK(says(report, "they noticed 12 of 18 goodbyes at once"));
    CHECK(says(report, "none of the 18 silent failures (one of them: drop, as when a plug is pulled) in the 80 s"));
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

TEST_CASE("what only holds for an idle link is not what to set, and the report says who was right more often") {
    Records records = golden::records("laws");
    const std::string spec = "heartbeat:interval=2s,timeout=10s";
    // In one-write only this one was asked, and it missed what it had noticed before.
    std::erase_if(records.trials, [&](const TrialLine& t) { return t.traffic != "idle" && t.spec != spec; });
    for (TrialLine& trial : records.trials)
        if (trial.scenario == "silent-drop" && (trial.traffic != "idle" || trial.detector == "ping-pong")) {
            trial.outcome = Outcome::missed;
            trial.verdict.reset();
            trial.noticed_after.reset();
        }
    const std::string report = markdown_report(records);
    CHECK_FALSE(says(report, "Most often right of what was run with idle traffic: `" + spec + "`"));
    CHECK(says(report, "Not advised, with 7 of 7 cells right: `" + spec +
                           "`, which was no longer right about drop with one-write traffic."));
}

TEST_CASE("those who call the same living clients dead do so in one sentence") {
    Records records = golden::records("laws");
    for (TrialLine& trial : records.trials)
        if (trial.scenario == "healthy" && (trial.detector == "heartbeat" || trial.detector == "ping-pong"))
            trial.outcome = Outcome::false_alarm;
    CHECK(says(markdown_report(records), "law 5 (heartbeat 2 s, limit 10 s, as stated; ping-pong 2 s, limit 10 s, done right) "
                                         "call a client dead that is alive (healthy)"));
}

TEST_CASE("a measurement outside its prediction is not laid to the machine alone") {
    CHECK(says(golden::report_of("exceptions"), "stands on the method's page: `halfopen explain METHOD`"));
}

TEST_CASE("a plan of which nothing could be run is its reason, once") {
    Records records = golden::records("laws");
    for (TrialLine& trial : records.trials) {
        trial.outcome = Outcome::skipped;
        trial.why = "needs root";
    }
    const std::string report = markdown_report(records);
    CHECK(says(report, "**Nothing could be run.**"));
    CHECK(report.find("needs root") == report.rfind("needs root"));
    CHECK_FALSE(says(report, "nobody called a client dead"));
}
