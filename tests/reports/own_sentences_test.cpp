// The sentences about a server of the user's own: what it let go of, what it leaks, and who would have
// noticed.

#include "reports/own_server.h"

#include "reports/agreement.h"
#include "support/catch.h"
#include "tests/reports/own_records.h"

using namespace halfopen;
using namespace std::chrono_literals;
using golden::all_of;
using golden::cell;
using golden::only;

TEST_CASE("a server that lets go of everything leaks nothing, and no law is missed") {
    const Records records = only("try_good", {"silent-drop", "host-reboot"}, "idle");
    const Cells cells(records);
    CHECK_THAT(
        all_of(own_headline(cells)),
        ContainsSubstring("**good.py let go in all two failures** while it only waited: drop and reboot, 5"));
    CHECK(own_leaks(cells).empty());
    CHECK(own_laws(cells).empty());
}

TEST_CASE("of a single failure no share is told") {
    const Records gone = only("try_good", {"silent-drop"}, "idle"),
                  kept = only("try_leaks", {"silent-drop"}, "idle");
    CHECK_THAT(all_of(own_headline(Cells(gone))),
               ContainsSubstring("**good.py let go** while it only waited: drop, 3."));
    CHECK_THAT(all_of(own_headline(Cells(kept))),
               ContainsSubstring(
                   "**leaks_close_wait.py did not let go** while it only waited: *drop* not in 80 s."));
}

TEST_CASE("idle and after a write have a sentence each where the server did not do the same in both") {
    Records records = golden::records("try_good");
    for (TrialLine* t : cell(records, "silent-drop", "idle"))
        golden::keep(*t);
    const auto sentences = own_headline(Cells(records));
    REQUIRE(sentences.size() == 2);
    CHECK_THAT(sentences[0], ContainsSubstring("let go in four of six failures** while it only waited"));
    CHECK_THAT(sentences[1], ContainsSubstring("let go in five of six failures** when it had just written"));
}

TEST_CASE(
    "a failure that was kept in one of two trials is not called let go, and the count stands beside it") {
    Records records = only("try_good", {"silent-drop"}, "idle");
    golden::keep(records.trials.front());
    const Cells cells(records);
    CHECK_THAT(
        all_of(own_headline(cells)),
        ContainsSubstring("did not let go** while it only waited: *drop (in 1 of 2 trials)* not in 80 s"));
    CHECK_THAT(own_cells(cells).front().let_go, ContainsSubstring(" (1 of 2), not in 80 s: ESTAB"));
}

TEST_CASE("a server that closes under a living client is told so, and one that keeps it is right") {
    Records records = only("try_leaks", {"silent-drop"}, "idle");
    records.runs.front().scenarios.front().truth = Truth::alive;
    CHECK(own_cells(Cells(records)).front().let_go == "kept, as it should");
    CHECK(own_leaks(Cells(records)).empty());
    CHECK_THAT(all_of(own_headline(Cells(records))),
               ContainsSubstring("kept the clients that were there**: *drop* (idle)."));
    for (TrialLine& t : records.trials) {
        t.noticed_after = 30s;
        t.verdict = Verdict::gone;
        t.outcome = Outcome::false_alarm;
        t.signal = closed_by_itself;
    }
    CHECK_THAT(all_of(own_leaks(Cells(records))),
               ContainsSubstring("**It closes clients that are there**: *drop* (idle), after 30.0 s."));
}

TEST_CASE(
    "a server that closes before its kernel knows has a limit of its own, and the rules are not blamed") {
    Records records = only("try_good", {"silent-drop"}, "idle");
    for (TrialLine& t : records.trials) {
        t.noticed_after = 1s;
        t.kernel_knew_after.reset();
        t.signal = closed_by_itself;
        CHECK(compare(t) == Agreement::unpredicted);
    }
    const Cells cells(records);
    CHECK_THAT(
        all_of(own_leaks(cells)),
        ContainsSubstring("**It has a limit of its own**: it closed *drop* (idle) after 1.00 s, while"));
    CHECK(own_cells(cells).front().kernel == "not before the server");
}

TEST_CASE(
    "the rules are held against the kernel: a server that ignores its word does not put them in the wrong") {
    const Records records = golden::records("try_leaks");
    CHECK(exceptions(Cells(records)).empty());
    Records late = records;
    for (TrialLine* t : cell(late, "host-reboot", "one-write"))
        t->kernel_knew_after = Window{5s, 5s};
    CHECK_THAT(all_of(exceptions(Cells(late))),
               ContainsSubstring("its kernel gave up after 5.00 s, predicted up to"));
}

TEST_CASE("ss has one line for each kind of state and timer, with the failures that it stands for") {
    const Records records = golden::records("try_leaks");
    const Cells cells(records);
    const auto owns = own_cells(cells);
    const auto kinds = ss_kinds(owns);
    REQUIRE(kinds.size() == 4);
    CHECK(kinds[0].line == "CLOSE-WAIT Recv-Q 0 Send-Q 0");
    CHECK(say_cells(kinds[1].cells) ==
          "drop, crash, reboot and reject (idle); stopped (idle, after a write)");
    CHECK_THAT(kinds[2].meaning, ContainsSubstring("keepalive is off meanwhile"));
    CHECK(kinds[3].line.empty()); // The kernel has ended it: it is in no table.
}

TEST_CASE(
    "a connection that was let go at once was seen last before anything happened, and teaches nothing") {
    const Records records = golden::records("try_good");
    const Cells cells(records);
    const auto owns = own_cells(cells);
    for (const SsKind& kind : ss_kinds(owns))
        CHECK(say_cells(kind.cells).find("half") == std::string::npos);
}

TEST_CASE("the laws are told by the best method of each, the one that notices most first") {
    CHECK(own_laws(Cells(golden::records("try_leaks")))
              .rfind("Of what stays as ESTAB, by the rules, law 5 (ping-pong 2 s, limit 10 s) would have "
                     "noticed all within 10 s; law 4 (keepalive 60/5/3 + user timeout) all but *stopped*",
                     0) == 0);
}

TEST_CASE("what a requirement is broken by is one sentence a failure") {
    const Records good = golden::records("try_good");
    const auto slow = slower_than(good, 10s);
    REQUIRE(slow.size() == 2);
    CHECK(slow[0] == "process-stopped (idle): not in 80 s: ESTAB");
    CHECK(slow[1] == "process-stopped (one-write): not in 80 s: ESTAB");
    CHECK(slower_than(good, 5s).size() == 4);
    CHECK(slower_than(golden::records("try_leaks"), 10s).size() == 12);
}

TEST_CASE("options are told with their units, and what is off is told as off") {
    CHECK(say_options({true, 2s, 1s, 3, 5s}) ==
          "SO_KEEPALIVE after 2 s, every 1 s, 3 probes; TCP_USER_TIMEOUT 5 s");
    CHECK(say_options({false, 2h, 75s, 9, 0s}) == "no SO_KEEPALIVE; no TCP_USER_TIMEOUT");
    CHECK(say_options({true, 2h, 75s, 9, 0s}) ==
          "SO_KEEPALIVE after 2 h, every 75 s, 9 probes; no TCP_USER_TIMEOUT");
}

TEST_CASE(
    "a connection that is due when the watch ends is not said to defy its options, one that was due is") {
    Records records = only("try_leaks", {"silent-drop"}, "one-write");
    for (TrialLine& t : records.trials)
        t.predicted.after = Window{79s, 82s};
    CHECK_THAT(all_of(own_leaks(Cells(records))),
               ContainsSubstring("**It keeps ESTABLISHED for 79.0 s** on"));
    for (TrialLine& t : records.trials)
        t.predicted.after = Window{5s, 6s};
    CHECK_THAT(all_of(own_leaks(Cells(records))),
               ContainsSubstring("**It holds ESTABLISHED against its options** on *drop*"));
}

TEST_CASE("what stands in the table after a close() of the program's own is no line to learn from") {
    Records records = only("try_good", {"silent-drop"}, "idle");
    for (TrialLine& t : records.trials) {
        t.signal = closed_by_itself;
        t.socket->last = "FIN-WAIT-1 Recv-Q 0 Send-Q 1 timer:(on,200ms,0)";
    }
    const Cells cells(records);
    const auto owns = own_cells(cells);
    CHECK(ss_kinds(owns).empty());
    CHECK_THAT(all_of(own_leaks(cells)), ContainsSubstring("Try --scenario healthy."));
}
