// The rule by which two runs of a cell differ.

#include "reports/comparison.h"

#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

/// Trials of one cell that noticed at these times, with a window of 2 s planned from 75 s on.
std::vector<TrialLine> noticed(std::vector<Duration> times, const std::string& signal = "recv: ETIMEDOUT") {
    std::vector<TrialLine> trials;
    for (const Duration time : times) {
        TrialLine line;
        line.repeat = static_cast<int>(trials.size()) + 1;
        line.id = "silent-drop/idle/recv/r" + std::to_string(line.repeat);
        line.scenario = "silent-drop";
        line.traffic = "idle";
        line.detector = line.spec = "recv";
        line.outcome = Outcome::noticed;
        line.verdict = Verdict::gone;
        line.signal = signal;
        line.noticed_after = time;
        line.horizon = 80s;
        line.planned = {"window", Outcome::noticed, Window{75s, 77s}, signal, ""};
        trials.push_back(line);
    }
    return trials;
}

/// The same, where the first trial stayed silent.
std::vector<TrialLine> missed(std::vector<TrialLine> trials, Duration horizon) {
    trials.front().outcome = Outcome::missed;
    trials.front().verdict.reset();
    trials.front().noticed_after.reset();
    trials.front().signal.clear();
    trials.front().horizon = horizon;
    return trials;
}

std::vector<TrialLine> without_rule(std::vector<TrialLine> trials) {
    for (TrialLine& trial : trials)
        trial.planned = {"unknown", Outcome::noticed, {}, "", ""};
    return trials;
}

Records records_of(std::vector<TrialLine> trials, const std::string& kernel = "6.1.0") {
    Records records;
    records.runs.emplace_back().kernel = kernel;
    records.trials = std::move(trials);
    return records;
}

Difference difference(const std::vector<TrialLine>& a, const std::vector<TrialLine>& b) {
    const std::vector<Records> runs{records_of(a), records_of(b)};
    const Comparison all(runs);
    REQUIRE(all.cells().size() == 1);
    return all.cells().front().difference;
}

} // namespace

TEST_CASE("times within one planned window are phase and no difference") {
    CHECK(difference(noticed({75s, 76s}), noticed({75s, 76s})) == Difference::none);
    CHECK(difference(noticed({75s}), noticed({75s + 3us})) == Difference::none);
    CHECK(difference(noticed({75s}), noticed({77s})) == Difference::none);
    CHECK(difference(noticed({75s}), noticed({77s + 20ms})) == Difference::none);
}

TEST_CASE("times further apart than the planned window is wide differ, whichever run is the later") {
    CHECK(difference(noticed({75s}), noticed({77s + 21ms})) == Difference::time);
    CHECK(difference(noticed({79s, 78s}), noticed({74s, 75s})) == Difference::time);
}

TEST_CASE("a cell of which only one run kept to its rule differs, however wide the window is") {
    const auto ruled = [](std::vector<TrialLine> trials) {
        for (TrialLine& trial : trials) trial.predicted = trial.planned;
        return trials;
    };
    const auto inside = ruled(noticed({75500ms, 76s})), late = ruled(noticed({77500ms, 77700ms}));
    CHECK(difference(inside, late) == Difference::time);
    CHECK(difference(late, late) == Difference::none);
    CHECK(difference(inside, ruled(noticed({76500ms, 76900ms}))) == Difference::none);
}

TEST_CASE("what comes later in the last run than in the first is slower, and the other way round it is not") {
    const std::vector<Records> runs{records_of(noticed({75s})), records_of(noticed({79s}))}, back{runs[1], runs[0]};
    CHECK(Comparison(runs).slower() == 1);
    CHECK(Comparison(back).slower() == 0);
    CHECK(Comparison(back).count(Difference::time) == 1);
}

TEST_CASE("ranges that overlap do not differ, however wide they are") {
    CHECK(difference(noticed({60s, 90s}), noticed({75s, 120s})) == Difference::none);
}

TEST_CASE("without a rule times that are apart are told and not judged") {
    CHECK(difference(without_rule(noticed({75s})), without_rule(noticed({95s}))) == Difference::no_window);
    CHECK(difference(without_rule(noticed({75s})), without_rule(noticed({75s}))) == Difference::none);
    CHECK(difference(without_rule(noticed({75s})), noticed({95s})) == Difference::time);
}

TEST_CASE("another signal is a difference, even at the same time") {
    CHECK(difference(noticed({75s}), noticed({75s}, "recv: EHOSTUNREACH")) == Difference::signal);
}

TEST_CASE("another outcome is a difference, and one trial is enough") {
    CHECK(difference(noticed({75s, 76s}), missed(noticed({75s, 76s}), 80s)) == Difference::outcome);
    CHECK(difference(missed(noticed({75s, 76s}), 80s), missed(noticed({75s, 76s}), 80s)) == Difference::none);
}

TEST_CASE("a watch that ended before the other's first notice tells nothing") {
    CHECK(difference(missed(noticed({75s}), 60s), noticed({75s})) == Difference::short_watch);
    CHECK(difference(noticed({75s, 76s}), missed(noticed({75s}), 60s)) == Difference::short_watch);
    CHECK(difference(missed(noticed({75s}), 80s), noticed({75s})) == Difference::outcome);
}

TEST_CASE("a cell counts as shared only where every run has a valid trial of it") {
    std::vector<TrialLine> invalid = noticed({75s});
    invalid[0].outcome = Outcome::invalid;
    const std::vector<Records> runs{records_of(noticed({75s})), records_of(noticed({90s})), records_of(invalid)};
    const Comparison all(runs);
    CHECK(all.cells().size() == 1);
    CHECK(all.shared() == 0);
    CHECK(all.differing() == 0);
}

TEST_CASE("of three runs the gravest difference of any two counts") {
    const std::vector<Records> runs{records_of(noticed({75s})), records_of(noticed({75s})), records_of(noticed({75s}, "recv: 0"))};
    CHECK(Comparison(runs).count(Difference::signal) == 1);
    // Each is near its neighbour; the first and the last are not near each other.
    const std::vector<Records> drifting{records_of(noticed({75s})), records_of(noticed({76900ms})), records_of(noticed({78500ms}))};
    CHECK(Comparison(drifting).count(Difference::time) == 1);
}

TEST_CASE("runs are named by what tells them apart") {
    const auto names = [](const std::string& a, const std::string& b) {
        const std::vector<Records> runs{records_of(noticed({75s}), a), records_of(noticed({75s}), b)};
        return Comparison(runs).names();
    };
    CHECK(names("6.1.0-56-cloud-amd64", "6.12.117+deb12-cloud-amd64") ==
          std::vector<std::string>{"kernel 6.1.0", "kernel 6.12.117"});
    CHECK(names("6.1.0-55-amd64", "6.1.0-56-amd64") ==
          std::vector<std::string>{"kernel 6.1.0-55-amd64", "kernel 6.1.0-56-amd64"});
    CHECK(names("6.1.0", "6.1.0") == std::vector<std::string>{"run 1", "run 2"});
}
