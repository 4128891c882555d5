// Records that nobody planned for: each still gives every kind of report, and none says more than was measured.

#include <algorithm>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "reports/csv.h"
#include "reports/html.h"
#include "reports/html_parts.h"
#include "reports/own_server.h"
#include "reports/side_by_side.h"
#include "reports/summary.h"
#include "reports/terminal.h"
#include "reports/text.h"
#include "support/catch.h"
#include "support/odd_records.h"

#include "tests/reports/golden.h"
#include "tests/reports/large_records.h"

using namespace halfopen;
using golden::says;
using halfopen::testing::odd_names;
using halfopen::testing::with_odd_names;
using namespace std::chrono_literals;

namespace {

const TerminalStyle at_80{80, false, false, {}, {}};

std::string on_terminal(const Records& records) {
    return records.runs.front().server ? own_server_text(records, at_80) : terminal_headline(records, at_80) + terminal_matrix(records, at_80);
}

/// Bars that part the cells of a line of a table.
size_t bars_in(const std::string& line) {
    size_t bars = 0;
    for (size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\' || (i > 1 && line[i - 2] == '\\'));
    return bars;
}

/// Lines of tables that have more or fewer cells than the head of theirs: GitHub would drop what is too much.
std::string uneven_rows(const std::string& markdown) {
    std::istringstream lines(markdown);
    std::string uneven;
    size_t bars = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("|")) {
            bars = 0;
            continue;
        }
        if (bars == 0) bars = bars_in(line);
        if (bars_in(line) != bars) uneven += line + "\n";
    }
    return uneven;
}

/// Every kind of report is made, and holds what no report lacks.
void all_reports_of(const Records& records) {
    const std::string markdown = markdown_report(records), html = html_report(records), summary = summary_report(records);
    CHECK(markdown.starts_with("# "));
    CHECK(uneven_rows(markdown) == "");
    CHECK(uneven_rows(summary) == "");
    CHECK(uneven_rows(side_by_side({records, records})) == "");
    CHECK(summary.size() <= most_of_summary);
    CHECK(says(html, "<h1>"));
    for (const std::string& page : {html_of_markdown(markdown), html_of_markdown(summary), html, html_of_markdown(side_by_side({records, records}))}) {
        for (const char* markup : {"<i>", "</script> ", "<!-- a", "\x1b", "<em>a</em>", "<del>", "<a href=\"b\""}) {
            INFO(markup);
            CHECK_FALSE(says(page, markup));
        }
    }
    const std::string csv = csv_report(records);
    CHECK(static_cast<size_t>(std::count(csv.begin(), csv.end(), '\n')) >= records.trials.size() + 1);
    CHECK_NOTHROW(nlohmann::json(on_terminal(records)).dump()); // which refuses what is no UTF-8
}

/// Text of Markdown as a reader of GitHub sees it, in HTML without what is in tags.
bool shows(const std::string& markdown, const std::string& text) { return says(html_of_markdown(markdown), html_text(text)); }

} // namespace

TEST_CASE("a name that means something to Markdown, HTML or a terminal stands in every report as it is") {
    for (const std::string& odd : odd_names) {
        INFO(odd);
        const Records laws = with_odd_names("laws", odd);
        all_reports_of(laws);
        std::string spelled = odd;
        for (char& c : spelled)
            if (static_cast<unsigned char>(c) < 0x20) c = ' ';
        spelled.erase(0, spelled.find_first_not_of(' '));
        const std::string markdown = markdown_report(laws);
        CHECK(shows(markdown, spelled + " drop"));          // a column
        CHECK(shows(markdown, spelled + " silent-drop"));   // its name, as code
        CHECK(shows(markdown, spelled + " keepalive 60/5/3")); // a row
        CHECK(shows(markdown, spelled + " recv: ETIMEDOUT"));  // a signal
        CHECK(says(html_report(laws), html_text(odd + " drop")));
    }
}

TEST_CASE("a server with an odd name, and odd words in its command, has its report") {
    for (const std::string& odd : odd_names) {
        INFO(odd);
        const Records records = with_odd_names("try_leaks", odd);
        all_reports_of(records);
        const std::string html = html_of_markdown(markdown_report(records));
        CHECK(says(html, "<h2>What <code>ss -tno</code> showed</h2>"));
        CHECK(says(html, "<h2>How to repeat it</h2>"));
        CHECK(says(html, "<h2>Words</h2>"));
    }
}

TEST_CASE("a word of a command that holds a fence of code does not end the code") {
    Records records = golden::records("try_leaks");
    records.runs.front().command.push_back("a\n```\n# no heading\n");
    const std::string html = html_of_markdown(markdown_report(records));
    CHECK_FALSE(says(html, "<h1>no heading</h1>"));
    CHECK(says(html, "<h2>Words</h2>"));
}

TEST_CASE("where nothing was noticed at all, no report names a method that noticed") {
    Records records = golden::records("laws");
    for (TrialLine& t : records.trials) {
        if (t.outcome == Outcome::skipped) continue;
        t.outcome = t.truth == Truth::alive ? Outcome::quiet : Outcome::missed;
        t.verdict.reset();
        t.noticed_after.reset();
        t.signal.clear();
    }
    all_reports_of(records);
    const std::string report = markdown_report(records);
    CHECK_FALSE(says(report, "noticed all"));
    CHECK_FALSE(says(report, "noticed FIN"));
}

TEST_CASE("one single trial has every report, and each says that it is one") {
    for (const char* stem : {"laws", "one_cell", "virtual_6_1", "try_good"}) {
        Records records = golden::records(stem);
        std::erase_if(records.trials, [](const TrialLine& t) { return t.outcome == Outcome::skipped; });
        records.trials.resize(1);
        INFO(stem);
        all_reports_of(records);
        CHECK(says(markdown_report(records), "1 trial"));
        CHECK(says(side_by_side({records, records}), "The one cell that both runs have does not differ"));
    }
}

TEST_CASE("a run line and nothing else is a run that has not ended, in every report") {
    for (const char* stem : {"laws", "virtual_6_1", "try_good"}) {
        Records records = golden::records(stem);
        records.trials.clear();
        records.end.reset();
        INFO(stem);
        all_reports_of(records);
        CHECK(says(markdown_report(records), "This run has not ended: 0 of "));
        CHECK(says(html_report(records), "This run has not ended: 0 of "));
        CHECK(says(summary_report(records), "This run has not ended: 0 of "));
    }
}

TEST_CASE("two hundred failures are two hundred columns, in parts that a page can hold") {
    Records records = golden::records("laws");
    golden::multiply_failures(records, 30);
    REQUIRE(records.runs.front().scenarios.size() > 200);
    all_reports_of(records);
    std::istringstream lines(markdown_report(records));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("|")) CHECK(bars_in(line) <= 16);
    CHECK(says(html_report(records), ">drop20<"));
}

TEST_CASE("records of an earlier version, which lack what was added since, have their reports") {
    for (const char* stem : {"laws", "try_leaks"}) {
        std::ifstream file(golden::folder + stem + ".jsonl");
        std::string older;
        for (std::string line; std::getline(file, line);) {
            auto json = nlohmann::ordered_json::parse(line);
            if (json.contains("detectors"))
                for (auto& head : json["detectors"]) head.erase("client_helps");
            json.erase("kernel_knew_not_before_ns");
            json.erase("virtual_ns");
            older += json.dump() + "\n";
        }
        std::istringstream in(older);
        INFO(stem);
        all_reports_of(read_records(in, "trials.jsonl"));
    }
}

TEST_CASE("one file with runs of two labs and kernels names both, and says that they are mixed") {
    Records records = golden::records("virtual_6_1");
    const Records other = golden::records("laws");
    records.runs.push_back(other.runs.front());
    records.trials.insert(records.trials.end(), other.trials.begin(), other.trials.end());
    all_reports_of(records);
    CHECK(says(markdown_report(records), "guest kernel 6.1.0-56-cloud-amd64, HZ 250, virtual time and kernel " + other.runs.front().kernel));
    CHECK(says(markdown_report(records), "**mixed in one table**"));
    CHECK(says(summary_report(records), "**mixed in one table**"));
}
