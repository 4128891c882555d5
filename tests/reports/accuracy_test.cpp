// How often a method is wrong about a living client: the numbers of a report against sums done by hand.

#include "reports/sections.h"

#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

TrialLine beside_a_living_client(int repeat) {
    TrialLine line;
    line.id = "outage-healed/idle/phi/r" + std::to_string(repeat);
    line.scenario = "outage-healed";
    line.traffic = "idle";
    line.detector = line.spec = "phi";
    line.repeat = repeat;
    line.truth = Truth::alive;
    line.outcome = Outcome::quiet;
    line.horizon = 30min;
    return line;
}

std::string part_of(std::vector<TrialLine> trials) {
    Records records;
    records.runs.emplace_back();
    records.runs.front().detectors.push_back({"phi", "phi", "phi", 0, "", "", false});
    records.trials = std::move(trials);
    return accuracy_part(Cells(records));
}

} // namespace

TEST_CASE("no false alarm in two hours bounds the rate at 1.5 per hour, by Poisson's own numbers") {
    std::vector<TrialLine> trials;
    for (int i = 1; i <= 4; ++i)
        trials.push_back(beside_a_living_client(i));
    // -ln(0.05) / 2 h
    CHECK_THAT(part_of(trials), ContainsSubstring("0 in 2 h (4 trials): below 1.5 per hour at 95 %"));
}

TEST_CASE("a false alarm ends the time in which another could have come") {
    TrialLine wrong = beside_a_living_client(1);
    wrong.outcome = Outcome::false_alarm;
    wrong.verdict = Verdict::gone;
    wrong.noticed_after = 15min;
    CHECK_THAT(part_of({wrong, beside_a_living_client(2)}), ContainsSubstring("| phi | 1 in 0.75 h (2 trials) | below 6.33 per hour |"));
}

TEST_CASE("what was called dead before anything happened is told apart and bounds no rate") {
    TrialLine early = beside_a_living_client(1);
    early.outcome = Outcome::false_alarm;
    early.verdict = Verdict::gone;
    early.noticed_after = -3s;
    CHECK_THAT(part_of({early, beside_a_living_client(2)}), ContainsSubstring("| phi | 0 in 0.5 h (2 trials) |  | 1 trial |"));
}

TEST_CASE("T_M is the mean of the mistakes that were taken back, and P_A what they leave of the time") {
    TrialLine line = beside_a_living_client(1);
    line.opinions = {{10s, true}, {28s, false}, {100s, true}, {136s, false}, {29min, true}};
    // 18 s and 36 s of 1800 s; the last is open, and so no mistake that was taken back.
    CHECK_THAT(part_of({line}), ContainsSubstring("| phi | 2 | 27.0 s | 0.97 |"));
}

TEST_CASE("a mistake that began before the fault counts from the fault on") {
    TrialLine line = beside_a_living_client(1);
    line.opinions = {{-5s, true}, {18s, false}};
    CHECK_THAT(part_of({line}), ContainsSubstring("| phi | 1 | 18.0 s | 0.99 |"));
}

TEST_CASE("where no client stays alive nothing bounds the false alarms, and the report says so") {
    TrialLine dead = beside_a_living_client(1);
    dead.truth = Truth::gone;
    dead.outcome = Outcome::missed;
    CHECK_THAT(part_of({dead}), ContainsSubstring("nothing bounds the false alarms"));
}
