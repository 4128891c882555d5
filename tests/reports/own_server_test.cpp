// What is told of a server of the user's own: on a terminal, in a report, and to a script.

#include "reports/own_server.h"

#include <algorithm>
#include <random>
#include <sstream>

#include "reports/markdown.h"
#include "reports/text.h"
#include "support/catch.h"
#include "tests/reports/golden.h"

using namespace halfopen;
using golden::report_of;
using namespace std::chrono_literals;

namespace {

const TerminalStyle eighty{80, true, false, {}, {}};

std::string text_of(const std::string& stem) { return own_server_text(golden::records(stem), eighty); }

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

} // namespace

TEST_CASE("the reports of a server that lets go and of one that does not are as they were last read") {
    for (const std::string stem : {"try_good", "try_leaks"})
        CHECK(report_of(stem) == golden::expected(stem + ".md", report_of(stem)));
}

TEST_CASE("the terminal texts of a server that lets go and of one that does not are as they were last read") {
    for (const std::string stem : {"try_good", "try_leaks"})
        CHECK(text_of(stem) == golden::expected(stem + ".txt", text_of(stem)));
}

TEST_CASE("a server is told in fifty lines of eighty columns at most, in ASCII where that is wished") {
    for (const char* stem : {"try_good", "try_leaks"}) {
        const auto lines = lines_of(text_of(stem));
        CHECK(lines.size() <= 50);
        for (const std::string& line : lines) {
            INFO(line);
            CHECK(display_width(line) <= 80);
            CHECK(std::all_of(line.begin(), line.end(),
                              [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
        }
    }
}

TEST_CASE("title and first sentence are about the server, before any number of the machine") {
    const std::string report = report_of("try_good");
    CHECK(report.rfind("# How long does good.py keep a client that is gone?\n\n**good.py let go in five of "
                       "six failures**",
                       0) == 0);
    CHECK(report.find("let go in five") < report.find("kernel 6."));
}

TEST_CASE("what compares detectors with each other has no place in the report of one server") {
    for (const char* stem : {"try_good", "try_leaks"})
        for (const char* other : {"other methods", "right |\n|:--|:--|:-:", "## False alarms",
                                  "What to set.**", "Control:", "slowest of"}) {
            INFO(stem << ": " << other);
            CHECK(report_of(stem).find(other) == std::string::npos);
        }
}

TEST_CASE("each kind of leak is called by its name, with its reason and what to do") {
    const std::string report = report_of("try_leaks");
    CHECK_THAT(report,
               ContainsSubstring(
                   "**It leaks CLOSE_WAIT** on *half* (idle, after a write): the client's FIN has come"));
    CHECK_THAT(report, ContainsSubstring("**It leaks ESTABLISHED** on *drop, crash, reboot and reject* "
                                         "(idle): nothing in its kernel ever asks"));
    CHECK_THAT(
        report,
        ContainsSubstring(
            "**It leaks ESTABLISHED** on *stopped* (idle, after a write): the client's kernel acknowledges"));
    CHECK_THAT(report, ContainsSubstring(
                           "**It keeps ESTABLISHED for 15 min 38 s** on *drop and crash* (after a write)"));
    CHECK_THAT(report,
               ContainsSubstring(
                   "**It leaks descriptors** on *reboot and reject* (after a write): the kernel has ended"));
}

TEST_CASE("advice stands as code before the measurements, and last on the terminal") {
    Records records = golden::records("try_leaks");
    CHECK(markdown_report(records).find("## What to set") == std::string::npos);
    records.runs.front().server->advice = {"first line", "second line"};
    CHECK_THAT(markdown_report(records),
               ContainsSubstring("## What to set\n\n```c\nfirst line\nsecond line\n```\n\n## Measured"));
    const std::string text = own_server_text(records, eighty);
    CHECK(text.ends_with("\n\nfirst line\nsecond line\n"));
}

TEST_CASE(
    "trials without a result are counted with their reason, and a server without any result is told so") {
    Records records = golden::records("try_good");
    for (TrialLine& t : records.trials) {
        t.outcome = Outcome::invalid;
        t.why = "the server ended with status 1";
    }
    const std::string report = markdown_report(records);
    CHECK_THAT(report, ContainsSubstring("**No trial has a result.**"));
    CHECK_THAT(report,
               ContainsSubstring("**24 of 24 trials are no result**: the server ended with status 1."));
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

TEST_CASE("the command to repeat a run is quoted for a shell, and the seed goes to halfopen and not to the "
          "server") {
    CHECK_THAT(
        report_of("try_good"),
        ContainsSubstring(
            "halfopen try --port 8080 --hello 'hello\\n' --repeats 2 --seed 1 -- ./good.py --port 8080\n"));
}

TEST_CASE("trials that a busy machine spoilt are one sentence, however late it was in each") {
    Records records = golden::records("try_good");
    for (size_t i = 0; i < 3; ++i) {
        records.trials[i].outcome = Outcome::invalid;
        records.trials[i].why = "noisy: the fault happened " + std::to_string(i) + " ms late";
    }
    CHECK_THAT(own_server_text(records, eighty),
               ContainsSubstring("\n3 of 24 trials are no result: the machine was too busy.\n"));
}
