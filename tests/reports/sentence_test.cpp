#include "reports/sentence.h"

#include "support/catch.h"

#include "tests/reports/golden.h"

using namespace halfopen;

TEST_CASE("a cell that was noticed is one sentence with its count, times, signal and prediction") {
    CHECK(cell_sentence(golden::records("one_cell"), "silent-drop", "idle",
                        "keepalive:idle=4s,interval=2s,count=3") ==
          "keepalive 4/2/3 noticed silent-drop (idle) in 10 of 10 trials, after 10.3-10.5 s by recv: "
          "ETIMEDOUT; "
          "predicted: 10.0-10.7 s.");
}

TEST_CASE("a cell that was missed names the time watched and the rule") {
    CHECK(cell_sentence(golden::records("laws"), "silent-drop", "idle", "recv") ==
          "recv, done right did not notice silent-drop (idle) in 1 of 1 trial, in the 80 s watched; "
          "predicted: never "
          "(nothing is sent, so nothing can be missed: no timer runs).");
}

TEST_CASE("false alarms, misreadings and right silence have their own words") {
    const Records records = golden::records("laws");
    CHECK(cell_sentence(records, "healthy", "idle", "recv") ==
          "recv, done right rightly said nothing in 1 of 1 trial of healthy (idle), in the 80 s watched; "
          "predicted: "
          "never.");
    CHECK(cell_sentence(records, "healthy", "idle", "recv-as-stated:timeout=1s")
              .find("called a client dead that was alive, in 1 of 1 trial of healthy (idle)") !=
          std::string::npos);
    CHECK(cell_sentence(records, "half-close", "idle", "recv-as-stated")
              .find("called the half-closed client of half-close (idle) dead in 1 of 1 trial") !=
          std::string::npos);
}

TEST_CASE("a cell whose trials disagree tells both, and what lies outside the prediction") {
    const std::string sentence = cell_sentence(golden::records("exceptions"), "process-stopped", "idle",
                                               "heartbeat:interval=2s,timeout=10s");
    CHECK(sentence.find("did not notice process-stopped (idle) in 1 of 3 trials") != std::string::npos);
    CHECK(sentence.find("noticed process-stopped (idle) in 2 of 3 trials") != std::string::npos);
    CHECK(sentence.find("the measurement is outside") != std::string::npos);
}

TEST_CASE("a cell that was not run gives the reason, and one that is not recorded says so") {
    const Records records = golden::records("laws");
    CHECK(cell_sentence(records, "silent-drop", "idle", "send-error") ==
          "send fails against silent-drop (idle) was not run: never writes in idle traffic.");
    CHECK(cell_sentence(records, "silent-drop", "sending", "recv") ==
          "No trial of recv against silent-drop (sending) is recorded.");
}
