// What a stranger sees first when there are dozens of methods: laws, families, classes of failures.

#include "reports/glance.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "support/catch.h"

#include "reports/summary.h"
#include "reports/terminal.h"
#include "reports/text.h"
#include "tests/reports/large_records.h"

using namespace halfopen;
using golden::many_methods;
using golden::says;

namespace {

/// The laws, and a second family of two: keepalive with a user timeout, and without.
Records timers_beside_others() {
    Records records = many_methods("others");
    for (DetectorHead& head : records.runs.front().detectors)
        if (head.law == 0 && head.name.starts_with("keepalive"))
            head.family = "timers";
    return records;
}

GlanceRow row_of(const Glance& glance, const std::string& family, Standing standing) {
    return *std::find_if(glance.rows.begin(), glance.rows.end(), [&](const GlanceRow& row) {
        return row.family == family && row.standing == standing;
    });
}

int members_of_others(const Records& records) {
    const Cells cells(records);
    const Matrix matrix = make_matrix(cells, "idle");
    return row_of(glance_of(cells, matrix), "others", Standing::best).members;
}

size_t widest_of(const std::string& text) {
    size_t widest = 0;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        widest = std::max(widest, display_width(line));
    return widest;
}

} // namespace

TEST_CASE("a plan of a dozen methods is shown whole, and not at a glance") {
    CHECK_FALSE(says(golden::report_of("laws"), "at a glance"));
    CHECK(says(markdown_report(many_methods()), "at a glance"));
}

TEST_CASE("of each family the best and the worst stand beside the laws, and how many did as they did") {
    const Records records = many_methods("others");
    const Cells cells(records);
    const Matrix matrix = make_matrix(cells, "idle");
    const Glance glance = glance_of(cells, matrix);
    const auto laws = std::count_if(glance.rows.begin(), glance.rows.end(),
                                    [](const GlanceRow& row) { return row.standing == Standing::law; });
    CHECK(laws == 11);
    const GlanceRow best = row_of(glance, "others", Standing::best);
    CHECK(best.row->head->label == "heartbeat 2 s, limit 10 s no. 1");
    CHECK(best.row->right == 7);
    CHECK(best.alike == 7); // Heartbeat and ping-pong, four copies of each.
    CHECK(row_of(glance, "others", Standing::worst).row->head->label == "recv, 1 s timeout no. 1");
}

TEST_CASE("who loses with other traffic what it noticed here is not called the best of its family") {
    const Records records = timers_beside_others();
    const Cells cells(records);
    const Matrix matrix = make_matrix(cells, "idle");
    CHECK(row_of(glance_of(cells, matrix), "timers", Standing::best).row->head->label ==
          "keepalive 60/5/3 + user timeout 75 s no. 1");
}

TEST_CASE("a method that was asked next to nothing is no family's best") {
    Records records = many_methods("others");
    for (DetectorHead& head : records.runs.front().detectors)
        if (head.law == 0 && (head.name == "send-error" || head.name == "poll"))
            head.family = "few";
    const Cells cells(records);
    const Matrix matrix = make_matrix(cells, "idle");
    CHECK(row_of(glance_of(cells, matrix), "few", Standing::only).row->head->name == "poll");
}

TEST_CASE("failures are summed up by what the client's end does and by what is true afterwards") {
    Records records = many_methods("others");
    golden::multiply_failures(records);
    const std::string report = markdown_report(records);
    CHECK(says(report, "| law | method | alive (6) | gone (12) | half-closed (6) | unreachable (6) | gone (6) | stuck (6) | right |"));
    CHECK(says(report, "| **4** SO_KEEPALIVE | keepalive 60/5/3, as stated | – | ✓ | ✓ | 75 s | 60 s | ✗ |"));
    CHECK(says(report, "- *says nothing*, stuck (6): stopped, stopped1, stopped2"));
}

TEST_CASE("one or two failures that a method got wrong are named, more are counted") {
    for (const int wrong : {2, 3}) {
        Records records = many_methods("others");
        golden::multiply_failures(records);
        int left = wrong;
        for (TrialLine& trial : records.trials)
            if (trial.spec == "select" && trial.traffic == "idle" && trial.scenario.starts_with("orderly-close") && left-- > 0) {
                trial.outcome = Outcome::missed;
                trial.noticed_after.reset();
                trial.verdict.reset();
            }
        CHECK(says(markdown_report(records), wrong == 2 ? "| ✓, ✗ *FIN*, *FIN1* |" : "| 9/12, ✗ |"));
    }
}

TEST_CASE("where law 4 was not run with its times, what was run of it stands in its place, and its family without it") {
    Records records = many_methods("others");
    std::set<std::string> of_law_4;
    for (const DetectorHead& head : records.runs.front().detectors)
        if (head.law == 4) of_law_4.insert(head.spec);
    std::erase_if(records.runs.front().detectors, [](const DetectorHead& head) { return head.law == 4; });
    std::erase_if(records.trials, [&](const TrialLine& trial) { return of_law_4.count(trial.spec) > 0; });
    const Cells cells(records);
    const Matrix matrix = make_matrix(cells, "idle");
    const Glance glance = glance_of(cells, matrix);
    std::vector<std::string> laws;
    for (const GlanceRow& row : glance.rows)
        if (row.standing == Standing::law) {
            CHECK(row.other_times == (row.law == 4));
            laws.push_back(fmt::format("{} {}", row.law, row.row->head->label));
        }
    CHECK(std::is_sorted(laws.begin(), laws.end(), [](const std::string& a, const std::string& b) { return a[0] < b[0]; }));
    CHECK(std::count_if(laws.begin(), laws.end(), [](const std::string& law) { return law.starts_with("4 keepalive"); }) == 2);
    CHECK(row_of(glance, "others", Standing::best).members + 2 == members_of_others(many_methods("others")));
    const std::string report = markdown_report(records);
    CHECK(says(report, "| **4** SO_KEEPALIVE | keepalive 60/5/3 no. 1 |"));
    CHECK(says(report, "law 4: with other times, the best that were run, as 60 s, 5 s, 3 were not"));
    CHECK_FALSE(says(markdown_report(many_methods("others")), "with other times, the"));
    CHECK(says(terminal_matrix(records, {80, true, false}), "4 keepalive"));
}

TEST_CASE("a glance says out of what its right answers are counted") {
    CHECK(says(markdown_report(many_methods()), "right: of the scenarios in which the method was run; those in which it was not run are not counted"));
}

TEST_CASE("what the labels stand for is one link away") {
    const std::string report = markdown_report(many_methods());
    CHECK(says(report, "([what each of them is](#names))"));
    CHECK(says(report, "<a id=\"names\"></a>"));
    CHECK_FALSE(says(summary_report(many_methods()), "(#names)"));
}

TEST_CASE("the whole matrix is folded, and what agrees in it stands together") {
    Records records = many_methods("others");
    golden::multiply_failures(records);
    const std::string report = markdown_report(records);
    const size_t fold = report.find("<details><summary>Every method and every scenario (idle)");
    REQUIRE(fold != std::string::npos);
    const std::string whole = report.substr(fold, report.find("</details>", fold) - fold);
    CHECK(says(whole, "| *says nothing* | drop, drop1, drop2, drop3, drop4, drop5 | reboot, "));
    CHECK(says(whole, "| law 5 (ping-pong 2 s, limit 10 s, done right); ping-pong 2 s, limit 10 s no. 1; "));
}

TEST_CASE("of other traffic the losses stand open, and the table behind a fold") {
    const std::string report = markdown_report(many_methods());
    const size_t title = report.find("**The server writes one message, 10 ms after the fault**\n\nNoticed with idle traffic, and not here:");
    REQUIRE(title != std::string::npos);
    CHECK(report.find("<details><summary>65 methods, 2 scenarios; those that agree stand together</summary>") > title);
}

TEST_CASE("records without families tell apart who needs the client's help") {
    const Records records = many_methods();
    const Cells cells(records);
    const Matrix matrix = make_matrix(cells, "idle");
    const Glance glance = glance_of(cells, matrix);
    CHECK(row_of(glance, "other methods", Standing::best).row->measured == 7);
    DetectorHead helped;
    helped.client_helps = true;
    CHECK(family_of(helped) == "with the client's help");
}

TEST_CASE("nothing is ranked at a glance when too many trials are invalid") {
    Records records = many_methods();
    for (size_t i = 0; i < records.trials.size(); i += 10)
        records.trials[i].outcome = Outcome::invalid;
    CHECK_FALSE(says(markdown_report(records), "at a glance"));
}

TEST_CASE("the first sentences of a large plan are a list") {
    CHECK(says(markdown_report(many_methods()), "While the server only waits (idle link):\n\n- **Laws 1-3 hear only a goodbye**"));
}

TEST_CASE("dozens of methods fit a terminal as laws and families, at any width") {
    Records records = timers_beside_others();
    golden::multiply_failures(records);
    for (const int columns : {40, 59, 80, 120}) {
        const std::string text = terminal_matrix(records, {columns, true, false});
        INFO(columns << "\n" << text);
        CHECK(widest_of(text) <= static_cast<size_t>(columns));
        CHECK(says(text, "timers, 13 methods"));
    }
    const std::string text = terminal_matrix(records, {80, true, false});
    CHECK(std::count(text.begin(), text.end(), '\n') < 40);
    CHECK(says(text, "  best  heartbeat"));
    CHECK(says(text, "+ user")); // Not only "keepalive 60/5/3", which is another method's name.
    CHECK(says(text, "All 70 methods and 42 scenarios, one by one, and 1 more traffic profile: in the"));
}

TEST_CASE("while a large run goes on its glance fills, and sends nobody to a report that is not there") {
    Records records = many_methods("others");
    const size_t all = records.trials.size();
    records.trials.resize(all / 8);
    TerminalStyle style{80, true, false};
    style.waiting_text = [](const std::string&, const std::string&, const std::string&) { return std::string(".."); };
    const std::string text = terminal_matrix(records, style);
    CHECK(says(text, " . "));
    CHECK_FALSE(says(text, "in the report"));
}

TEST_CASE("names that begin alike keep what tells them apart") {
    Records records = many_methods("others");
    int number = 0;
    for (DetectorHead& head : records.runs.front().detectors)
        if (head.law == 3) {
            head.form.clear();
            head.label = number++ ? "a name of many words, the second" : "a name of many words, the first";
        }
    const std::string text = terminal_matrix(records, {80, true, false});
    INFO(text);
    CHECK(says(text, "..second"));
}

TEST_CASE("a law 4 with other times that calls a living client dead is named among those who do") {
    Records records = many_methods("others");
    for (DetectorHead& head : records.runs.front().detectors)
        if (head.law == 4) head.law = 0;
    const auto& heads = records.runs.front().detectors;
    const auto shortened = std::find_if(heads.begin(), heads.end(), [](const DetectorHead& head) { return is_law_4_with_other_times(head); });
    REQUIRE(shortened != heads.end());
    const auto sentence = " and law 4 with other times (" + row_name(*shortened) + ") call a client dead that is alive (healthy)";
    CHECK_FALSE(says(markdown_report(records), sentence));
    for (TrialLine& trial : records.trials)
        if (trial.scenario == "healthy" && trial.spec == shortened->spec) {
            trial.outcome = Outcome::false_alarm;
            trial.verdict = Verdict::gone;
            trial.noticed_after = std::chrono::seconds{1};
        }
    CHECK(says(markdown_report(records), sentence));
}
