#include "reports/cells.h"

#include "support/catch.h"

#include "reports/units.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

TrialLine trial(int repeat, Outcome outcome, std::optional<Duration> after = std::nullopt) {
    TrialLine line;
    line.id = "silent-drop/idle/recv/r" + std::to_string(repeat);
    line.scenario = "silent-drop";
    line.traffic = "idle";
    line.detector = line.spec = "recv";
    line.repeat = repeat;
    line.outcome = outcome;
    line.noticed_after = after;
    if (after)
        line.verdict = Verdict::gone;
    return line;
}

Records of(std::vector<TrialLine> trials) {
    Records records;
    records.runs.emplace_back();
    records.trials = std::move(trials);
    return records;
}

} // namespace

TEST_CASE("a cell's class is its worst trial's, and a majority hides nothing") {
    const Records records =
        of({trial(1, Outcome::noticed, 3s), trial(2, Outcome::missed), trial(3, Outcome::noticed, 1s)});
    const Cells cells(records);
    const Cell& cell = *cells.find("idle", "silent-drop", "recv");
    CHECK(cell.outcome == Outcome::missed);
    CHECK(cell.n() == 3);
    CHECK(cell.right == 2);
    CHECK(cell.mixed());
    CHECK(cell.slowest() == 3s);
    CHECK(cell.fastest() == 1s);
}

TEST_CASE("invalid and skipped trials say nothing about a detector") {
    const Records records =
        of({trial(1, Outcome::invalid), trial(2, Outcome::noticed, 1s), trial(3, Outcome::skipped)});
    const Cells cells(records);
    const Cell& cell = *cells.find("idle", "silent-drop", "recv");
    CHECK(cell.outcome == Outcome::noticed);
    CHECK(cell.n() == 1);
    CHECK(cells.tried() == 2);
    CHECK(cells.invalid() == 1);
    CHECK(cells.skipped() == 1);
    CHECK(cells.untrustworthy());
}

TEST_CASE("a cell of nothing but invalid trials is invalid") {
    const Records records = of({trial(1, Outcome::invalid)});
    const Cells cells(records);
    CHECK(cells.find("idle", "silent-drop", "recv")->outcome == Outcome::invalid);
    CHECK_FALSE(cells.find("idle", "silent-drop", "poll"));
}

TEST_CASE("columns of a group stand together and laws come first") {
    Records records = of({});
    records.runs[0].scenarios = {{"a", "a", "is there", Truth::alive, ""},
                                 {"b", "b", "says nothing", Truth::gone, ""},
                                 {"c", "c", "is there", Truth::alive, ""}};
    records.runs[0].detectors = {{"poll", "poll", "poll", 0, "", "", false},
                                 {"recv", "recv", "recv", 1, "done right", "", false},
                                 {"noop", "noop", "noop", 0, "", "", true}};
    const Cells cells(records);
    CHECK(cells.scenarios()[1].name == "c");
    CHECK(cells.detectors()[0].name == "recv");
    CHECK(cells.detectors().size() == 2);
    CHECK(cells.controls().size() == 1);
}

TEST_CASE("the earliest prediction beyond the horizon is kept for a missed cell") {
    TrialLine late = trial(1, Outcome::missed);
    late.horizon = 80s;
    late.predicted = {"window", Outcome::missed, Window{7875s, 8013s}, "", ""};
    const Records records = of({late});
    const Cells cells(records);
    CHECK(cells.find("idle", "silent-drop", "recv")->predicted_beyond() == 7875s);
}

TEST_CASE("numbers of laws are spelled as ranges") {
    CHECK(law_numbers({4}) == "4");
    CHECK(law_numbers({1, 2}) == "1 and 2");
    CHECK(law_numbers({1, 2, 3}) == "1-3");
    CHECK(law_numbers({1, 3, 5}) == "1, 3 and 5");
}

TEST_CASE("rows are named by whole laws, parts of laws, and labels") {
    const DetectorHead recv_stated{"a", "a", "recv", 1, "as stated", "", false};
    const DetectorHead recv_right{"b", "b", "recv", 1, "done right", "", false};
    const DetectorHead info{"c", "c", "TCP_INFO", 2, "done right", "", false};
    const DetectorHead poll{"d", "d", "poll", 0, "", "", false};
    const std::vector<const DetectorHead*> all{&recv_stated, &recv_right, &info, &poll};
    CHECK(rows_text(all, all) == "laws 1 and 2; poll");
    CHECK(rows_text({&recv_right, &info}, all) == "law 1 (recv, done right); law 2");
    CHECK(rows_text({&poll}, all) == "poll");
}
