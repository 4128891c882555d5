// What is told of a server of the user's own: on a terminal, in a report, and to a script.

#include "reports/own_server.h"

#include <algorithm>
#include <random>
#include <sstream>

#include "reports/agreement.h"
#include "reports/markdown.h"
#include "reports/text.h"
#include "support/catch.h"
#include "tests/reports/golden.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

const TerminalStyle eighty{80, true, false, {}, {}};

std::string report_of(const std::string& stem) { return markdown_report(golden::records(stem)); }
std::string text_of(const std::string& stem) { return own_server_text(golden::records(stem), eighty); }

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// The trials of one cell.
std::vector<TrialLine*> cell(Records& records, const std::string& scenario, const std::string& traffic) {
    std::vector<TrialLine*> found;
    for (TrialLine& t : records.trials)
        if (t.scenario == scenario && t.traffic == traffic) found.push_back(&t);
    return found;
}

/// Only these scenarios, as if no others had been asked for.
Records only(const std::string& stem, const std::vector<std::string>& scenarios, const std::string& traffic) {
    Records records = golden::records(stem);
    const auto is_other = [&](const std::string& name) { return std::find(scenarios.begin(), scenarios.end(), name) == scenarios.end(); };
    std::erase_if(records.trials, [&](const TrialLine& t) { return is_other(t.scenario) || t.traffic != traffic; });
    std::erase_if(records.runs.front().scenarios, [&](const ScenarioHead& s) { return is_other(s.name); });
    return records;
}

std::string all_of(const std::vector<std::string>& sentences) { return joined(sentences, "\n"); }

} // namespace

TEST_CASE("the reports of a server that lets go and of one that does not are as they were last read") {
    for (const std::string stem : {"try_good", "try_leaks"}) CHECK(report_of(stem) == golden::expected(stem + ".md", report_of(stem)));
}

TEST_CASE("the terminal texts of a server that lets go and of one that does not are as they were last read") {
    for (const std::string stem : {"try_good", "try_leaks"}) CHECK(text_of(stem) == golden::expected(stem + ".txt", text_of(stem)));
}

TEST_CASE("a server is told in fifty lines of eighty columns at most, in ASCII where that is wished") {
    for (const char* stem : {"try_good", "try_leaks"}) {
        const auto lines = lines_of(text_of(stem));
        CHECK(lines.size() <= 50);
        for (const std::string& line : lines) {
            INFO(line);
            CHECK(display_width(line) <= 80);
            CHECK(std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
        }
    }
}

TEST_CASE("title and first sentence are about the server, before any number of the machine") {
    const std::string report = report_of("try_good");
    CHECK(report.rfind("# How long does good.py keep a client that is gone?\n\n**good.py let go in five of six failures**", 0) == 0);
    CHECK(report.find("let go in five") < report.find("kernel 6."));
}

TEST_CASE("what compares detectors with each other has no place in the report of one server") {
    for (const char* stem : {"try_good", "try_leaks"})
        for (const char* other : {"other methods", "right |\n|:--|:--|:-:", "## False alarms", "What to set.**", "Control:", "slowest of"}) {
            INFO(stem << ": " << other);
            CHECK(report_of(stem).find(other) == std::string::npos);
        }
}

TEST_CASE("each kind of leak is called by its name, with its reason and what to do") {
    const std::string report = report_of("try_leaks");
    CHECK_THAT(report, ContainsSubstring("**It leaks CLOSE_WAIT** on half (idle, after a write): the client's FIN has come"));
    CHECK_THAT(report, ContainsSubstring("**It leaks ESTABLISHED** on drop, crash, reboot and reject (idle): nothing in its kernel ever asks"));
    CHECK_THAT(report, ContainsSubstring("**It leaks ESTABLISHED** on stopped (idle, after a write): the client's kernel acknowledges"));
    CHECK_THAT(report, ContainsSubstring("**It keeps ESTABLISHED for 15 min 38 s** on drop and crash (after a write)"));
    CHECK_THAT(report, ContainsSubstring("**It leaks descriptors** on reboot and reject (after a write): the kernel has ended"));
}

TEST_CASE("a server that lets go of everything leaks nothing, and no law is missed") {
    const Records records = only("try_good", {"silent-drop", "host-reboot"}, "idle");
    const Cells cells(records);
    CHECK_THAT(all_of(own_headline(cells)), ContainsSubstring("**good.py let go in all two failures** while it only waited: drop and reboot, 5"));
    CHECK(own_leaks(cells).empty());
    CHECK(own_laws(cells).empty());
}

TEST_CASE("of a single failure no share is told") {
    const Records gone = only("try_good", {"silent-drop"}, "idle"), kept = only("try_leaks", {"silent-drop"}, "idle");
    CHECK_THAT(all_of(own_headline(Cells(gone))), ContainsSubstring("**good.py let go** while it only waited: drop, 3."));
    CHECK_THAT(all_of(own_headline(Cells(kept))), ContainsSubstring("**leaks_close_wait.py did not let go** while it only waited: *drop* not in 80 s."));
}

TEST_CASE("idle and after a write have a sentence each where the server did not do the same in both") {
    Records records = golden::records("try_good");
    for (TrialLine* t : cell(records, "silent-drop", "idle")) {
        t->noticed_after.reset();
        t->verdict.reset();
        t->outcome = Outcome::missed;
        t->socket->end = "ESTAB";
    }
    const auto sentences = own_headline(Cells(records));
    REQUIRE(sentences.size() == 2);
    CHECK_THAT(sentences[0], ContainsSubstring("let go in four of six failures** while it only waited"));
    CHECK_THAT(sentences[1], ContainsSubstring("let go in five of six failures** when it had just written"));
}

TEST_CASE("a failure that was kept in one of two trials is not called let go, and the count stands beside it") {
    Records records = only("try_good", {"silent-drop"}, "idle");
    TrialLine& kept = records.trials.front();
    kept.noticed_after.reset();
    kept.verdict.reset();
    kept.outcome = Outcome::missed;
    kept.socket->end = "ESTAB";
    const Cells cells(records);
    CHECK_THAT(all_of(own_headline(cells)), ContainsSubstring("did not let go** while it only waited: *drop (in 1 of 2 trials)* not in 80 s"));
    CHECK_THAT(own_cells(cells).front().let_go, ContainsSubstring(" (1 of 2), not in 80 s: ESTAB"));
}

TEST_CASE("a server that closes under a living client is told so, and one that keeps it is right") {
    Records records = only("try_leaks", {"silent-drop"}, "idle");
    records.runs.front().scenarios.front().truth = Truth::alive;
    CHECK(own_cells(Cells(records)).front().let_go == "kept, as it should");
    CHECK(own_leaks(Cells(records)).empty());
    for (TrialLine& t : records.trials) {
        t.noticed_after = 30s;
        t.verdict = Verdict::gone;
        t.outcome = Outcome::false_alarm;
        t.signal = closed_by_itself;
    }
    CHECK_THAT(all_of(own_leaks(Cells(records))), ContainsSubstring("**It closes clients that are there**: drop (idle)"));
}

TEST_CASE("a server that closes before its kernel knows has a limit of its own, and the rules are not blamed") {
    Records records = only("try_good", {"silent-drop"}, "idle");
    for (TrialLine& t : records.trials) {
        t.noticed_after = 1s;
        t.kernel_knew_after.reset();
        t.signal = closed_by_itself;
        CHECK(compare(t) == Agreement::unpredicted);
    }
    const Cells cells(records);
    CHECK_THAT(all_of(own_leaks(cells)), ContainsSubstring("**It has a limit of its own**: drop (idle)"));
    CHECK(own_cells(cells).front().kernel == "not before the server");
}

TEST_CASE("the rules are held against the kernel: a server that ignores its word does not put them in the wrong") {
    const Records records = golden::records("try_leaks");
    CHECK(exceptions(Cells(records)).empty());
    Records late = records;
    for (TrialLine* t : cell(late, "host-reboot", "one-write")) t->kernel_knew_after = Window{5s, 5s};
    CHECK_THAT(all_of(exceptions(Cells(late))), ContainsSubstring("its kernel gave up after 5.00 s, predicted up to"));
}

TEST_CASE("ss has one line for each kind of state and timer, with the failures that it stands for") {
    const Records records = golden::records("try_leaks");
    const Cells cells(records);
    const auto owns = own_cells(cells);
    const auto kinds = ss_kinds(owns);
    REQUIRE(kinds.size() == 4);
    CHECK(kinds[0].line == "CLOSE-WAIT Recv-Q 0 Send-Q 0");
    CHECK(say_cells(kinds[1].cells) == "drop, crash, reboot and reject (idle); stopped (idle, after a write)");
    CHECK_THAT(kinds[2].meaning, ContainsSubstring("keepalive is off meanwhile"));
    CHECK(kinds[3].line.empty()); // The kernel has ended it: it is in no table.
}

TEST_CASE("a connection that was let go at once was seen last before anything happened, and teaches nothing") {
    const Records records = golden::records("try_good");
    const Cells cells(records);
    const auto owns = own_cells(cells);
    for (const SsKind& kind : ss_kinds(owns)) CHECK(say_cells(kind.cells).find("half") == std::string::npos);
}

TEST_CASE("the laws are told by the best method of each, the one that notices most first") {
    CHECK(own_laws(Cells(golden::records("try_leaks"))).rfind("Of what stays as ESTAB, by the rules, law 5 (ping-pong 2 s, limit 10 s) would have "
                                                             "noticed all within 10 s; law 4 (keepalive 60/5/3 + user timeout) all but stopped", 0) == 0);
}

TEST_CASE("advice stands as code before the measurements, and last on the terminal") {
    Records records = golden::records("try_leaks");
    CHECK(markdown_report(records).find("## What to set") == std::string::npos);
    records.runs.front().server->advice = {"first line", "second line"};
    CHECK_THAT(markdown_report(records), ContainsSubstring("## What to set\n\n```c\nfirst line\nsecond line\n```\n\n## Measured"));
    const std::string text = own_server_text(records, eighty);
    CHECK(text.ends_with("\n\nfirst line\nsecond line\n"));
}

TEST_CASE("trials without a result are counted with their reason, and a server without any result is told so") {
    Records records = golden::records("try_good");
    for (TrialLine& t : records.trials) {
        t.outcome = Outcome::invalid;
        t.why = "the server ended with status 1";
    }
    const std::string report = markdown_report(records);
    CHECK_THAT(report, ContainsSubstring("**No trial has a result.**"));
    CHECK_THAT(report, ContainsSubstring("**24 of 24 trials are no result**: the server ended with status 1."));
    CHECK_THAT(own_server_text(records, eighty), ContainsSubstring("No trial has a result."));
}

TEST_CASE("a report of a server can be made of any part of its run, in any order of lines") {
    const Records whole = golden::records("try_leaks");
    Records shuffled = whole;
    std::shuffle(shuffled.trials.begin(), shuffled.trials.end(), std::mt19937{7});
    CHECK(markdown_report(shuffled) == markdown_report(whole));
    for (size_t count = 0; count <= whole.trials.size(); ++count) {
        Records part = whole;
        part.trials.resize(count);
        part.end.reset();
        CHECK_THAT(markdown_report(part), ContainsSubstring("This run has not ended"));
        CHECK_FALSE(own_server_text(part, eighty).empty());
    }
}

TEST_CASE("the command to repeat a run is quoted for a shell, and the seed goes to halfopen and not to the server") {
    CHECK_THAT(report_of("try_good"), ContainsSubstring("halfopen try --port 8080 --hello 'hello\\n' --repeats 2 --seed 1 -- ./good.py --port 8080\n"));
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
    CHECK(say_options({true, 2s, 1s, 3, 5s}) == "SO_KEEPALIVE after 2 s, every 1 s, 3 probes; TCP_USER_TIMEOUT 5 s");
    CHECK(say_options({false, 2h, 75s, 9, 0s}) == "no SO_KEEPALIVE; no TCP_USER_TIMEOUT");
    CHECK(say_options({true, 2h, 75s, 9, 0s}) == "SO_KEEPALIVE after 2 h, every 75 s, 9 probes; no TCP_USER_TIMEOUT");
}
