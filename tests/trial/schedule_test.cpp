// The schedule, on a lab whose clock jumps: what is fired when, what becomes of trials that the machine spoils, and
// what is told when a run is stopped.

#include <set>

#include "harness/trial/rehearsal.h"
#include "support/catch.h"
#include "support/scripted_lab.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

PlannedTrial planned(const std::string& scenario, const std::string& spec, int repeat, Duration before = 0ns) {
    PlannedTrial trial;
    trial.scenario = &find_scenario(scenario);
    trial.detector = make_detector(spec);
    trial.spec = spec_of(*trial.detector);
    trial.repeat = repeat;
    trial.id = scenario + "/idle/" + trial.spec + "/r" + std::to_string(repeat);
    trial.horizon = 10s;
    trial.before_fault = before;
    return trial;
}

std::vector<PlannedTrial> repeats(const std::string& scenario, const std::string& spec, int n, Duration before = 0ns) {
    std::vector<PlannedTrial> all;
    for (int i = 1; i <= n; ++i) all.push_back(planned(scenario, spec, i, before * i));
    return all;
}

struct Told {
    std::vector<TrialLine> lines;
    ScheduleEvents events() {
        ScheduleEvents e;
        e.finished = [this](const TrialLine& line) { lines.push_back(line); };
        return e;
    }
    int count(Outcome outcome) const {
        return static_cast<int>(
            std::count_if(lines.begin(), lines.end(), [&](const TrialLine& l) { return l.outcome == outcome; }));
    }
};

Script quiet_script(const PlannedTrial&) { return {}; }

} // namespace

TEST_CASE("every trial is fired once, one at a time, with a gap between") {
    ScriptedLab lab(quiet_script);
    Told told;
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 40), 1, told.events()));
    std::set<Instant> instants;
    for (const auto& [id, at] : lab.when("fire")) instants.insert(at);
    REQUIRE(instants.size() == 40);
    for (auto i = std::next(instants.begin()); i != instants.end(); ++i) CHECK(*i - *std::prev(i) >= 5ms);
    CHECK(told.count(Outcome::missed) == 40);
}

TEST_CASE("the proof of life comes as long before the fault as the phase asks for") {
    ScriptedLab lab(quiet_script);
    Told told;
    const auto trials = repeats("silent-drop", "heartbeat", 10, 300ms);
    REQUIRE(run_schedule(lab, trials, 1, told.events()));
    const auto starts = lab.when("start"), fires = lab.when("fire");
    for (const PlannedTrial& t : trials) CHECK(fires.at(t.id) - starts.at(t.id) == t.before_fault);
}

TEST_CASE("a trial that a busy machine began late is fired as much later") {
    ScriptedLab lab(quiet_script);
    lab.starting_takes = 40ms;
    Told told;
    const auto trials = repeats("silent-drop", "heartbeat", 50, 10ms);
    REQUIRE(run_schedule(lab, trials, 1, told.events()));
    const auto starts = lab.when("start"), fires = lab.when("fire");
    for (const PlannedTrial& t : trials) CHECK(fires.at(t.id) - starts.at(t.id) >= t.before_fault);
}

TEST_CASE("storms of signals come last, in groups of their own that are smaller") {
    auto trials = repeats("signal-storm", "recv", 30);
    for (PlannedTrial& t : repeats("silent-drop", "recv", 30)) trials.push_back(std::move(t));
    const auto groups = firing_groups(trials, 1, 1000, {.group = 20, .storms = 8});
    std::vector<size_t> sizes;
    for (const auto& group : groups) sizes.push_back(group.size());
    CHECK(sizes == std::vector<size_t>{20, 10, 8, 8, 8, 6});
    CHECK(groups[1].back()->scenario->name == "silent-drop");
    CHECK(groups[2].front()->scenario->name == "signal-storm");
}

TEST_CASE("a rehearsal says how long a plan takes: its worlds, and the longest wait, once for those that are watched together") {
    const Duration one = rehearse(repeats("silent-drop", "recv", 1), 1, 1000);
    CHECK(one > 10s);
    CHECK(one < 11s);
    const Duration many = rehearse(repeats("silent-drop", "recv", 200), 1, 1000);
    CHECK(many > 11s);
    CHECK(many < 18s);
    // Where only ten have room, every ten wait for the ten before.
    CHECK(rehearse(repeats("silent-drop", "recv", 200), 1, 10) > 200s);
}

TEST_CASE("long waits overlap") {
    ScriptedLab lab([](const PlannedTrial& t) { return Script{.notices_after = 1s * t.repeat}; });
    Told told;
    const Instant began = lab.now();
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 9), 1, told.events()));
    CHECK(lab.most_alive == 9);
    CHECK(told.count(Outcome::noticed) == 9);
    CHECK(lab.now() - began < 12s);
}

TEST_CASE("while one group of worlds is built and fired, the ones before are watched, each to its own horizon") {
    ScriptedLab lab(quiet_script);
    lab.building_takes = 50ms;
    Told told;
    const Instant began = lab.now();
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 300), 1, told.events(), {.group = 50}));
    CHECK(lab.now() - began < 6 * (50 * 55ms + 1s) + 11s);
    CHECK(lab.most_alive < 300); // Those that are over make room.
    const auto fires = lab.when("fire"), ends = lab.when("finish");
    REQUIRE(ends.size() == 300);
    for (const auto& [id, at] : fires) {
        CHECK(ends.at(id) - at >= 10s);
        CHECK(ends.at(id) - at <= 10s + 500ms);
    }
}

TEST_CASE("nothing is built or torn down while a group is fired") {
    ScriptedLab lab(quiet_script);
    lab.building_takes = 20ms;
    Told told;
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 60), 1, told.events(), {.group = 20}));
    std::string last;
    int changes = 0;
    for (const Happened& h : lab.happened)
        if (h.what == "build" || h.what == "fire") changes += std::exchange(last, h.what) != h.what;
    CHECK(changes == 6); // Three groups.
}

TEST_CASE("a run that needs more worlds than the machine holds waits for room") {
    ScriptedLab lab(quiet_script);
    lab.worlds = 8;
    Told told;
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 30), 1, told.events()));
    CHECK(lab.most_alive == 8);
    CHECK(told.lines.size() == 30);
}

TEST_CASE("a group is built while the ones before are silent, and not while one of them is predicted to speak") {
    const auto second_group_begins_after = [](Window speaks) {
        ScriptedLab lab(quiet_script);
        lab.building_takes = 20ms;
        auto trials = repeats("silent-drop", "recv", 10);
        Prediction window;
        window.kind = Prediction::Kind::window;
        window.after = speaks;
        for (PlannedTrial& t : trials) t.planned = std::make_shared<const Prediction>(window);
        Told told;
        REQUIRE(run_schedule(lab, trials, 1, told.events(), {.group = 5}));
        std::set<Instant> builds;
        Instant fired{};
        for (const auto& [id, at] : lab.when("build")) builds.insert(at);
        for (const auto& [id, at] : lab.when("fire"))
            if (at < *std::next(builds.begin(), 5)) fired = std::max(fired, at);
        return *std::next(builds.begin(), 5) - fired;
    };
    CHECK(second_group_begins_after({5s, 7s}) < 1s);
    CHECK(second_group_begins_after({300ms, 2s}) > 1900ms);
    CHECK(second_group_begins_after({50s, 60s}) < 1s); // Nobody waits so long.
}

TEST_CASE("no healing waits until a world is built") {
    ScriptedLab lab(quiet_script);
    lab.building_takes = 20ms;
    auto trials = repeats("silent-drop", "recv", 200);
    for (PlannedTrial& t : trials) t.heal_after = 3s;
    Told told;
    REQUIRE(run_schedule(lab, trials, 1, told.events(), {.group = 20}));
    const auto heals = lab.when("heal"), fires = lab.when("fire");
    REQUIRE(heals.size() == 200);
    for (const auto& [id, at] : heals) CHECK(at - fires.at(id) <= 3s + 1ms);
}

TEST_CASE("a trial that is watched to its horizon is not ended before it") {
    ScriptedLab lab(quiet_script);
    Told told;
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 3), 1, told.events()));
    const auto fires = lab.when("fire"), ends = lab.when("finish");
    for (const auto& [id, at] : fires) CHECK(ends.at(id) - at >= 10s);
}

TEST_CASE("a spare world takes the place of a trial that the machine spoilt") {
    ScriptedLab lab([](const PlannedTrial& t) { return Script{.noisy_attempts = t.repeat == 2 ? 2 : 0}; });
    Told told;
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 3), 1, told.events()));
    CHECK(told.count(Outcome::invalid) == 2);
    CHECK(told.count(Outcome::missed) == 3);
    int last_attempt = 0;
    for (const TrialLine& line : told.lines)
        if (line.repeat == 2) last_attempt = std::max(last_attempt, line.attempt);
    CHECK(last_attempt == 3);
}

TEST_CASE("what the machine spoilt after the firing has a spare too") {
    ScriptedLab lab([](const PlannedTrial& t) { return Script{.slow_attempts = t.repeat == 2 ? 1 : 0}; });
    Told told;
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 3), 1, told.events()));
    CHECK(told.count(Outcome::invalid) == 1);
    CHECK(told.count(Outcome::missed) == 3);
}

TEST_CASE("what the machine spoilt at the healing, or later, has a spare too") {
    ScriptedLab lab([](const PlannedTrial& t) { return Script{.late_attempts = t.repeat == 2 ? 1 : 0}; });
    Told told;
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 3), 1, told.events()));
    CHECK(told.count(Outcome::invalid) == 1);
    CHECK(told.count(Outcome::missed) == 3);
}

TEST_CASE("a trial that is spoilt again and again stays invalid, with its reason") {
    ScriptedLab lab([](const PlannedTrial&) { return Script{.noisy_attempts = 99}; });
    Told told;
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 1), 1, told.events()));
    CHECK(told.count(Outcome::invalid) == SchedulePace{}.attempts);
    CHECK_THAT(told.lines.back().why, ContainsSubstring("noisy"));
}

TEST_CASE("a proof of life that never arrives makes a trial invalid, and no fault is fired") {
    ScriptedLab lab([](const PlannedTrial&) { return Script{.settles_after = 1h}; });
    Told told;
    SchedulePace pace;
    pace.attempts = 1;
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 2), 1, told.events(), pace));
    CHECK(told.count(Outcome::invalid) == 2);
    CHECK(lab.when("fire").empty());
}

TEST_CASE("what cannot be built is told: an error as invalid, a missing ability as skipped") {
    ScriptedLab lab([](const PlannedTrial& t) {
        return t.repeat == 1 ? Script{.build_error = "no link"} : t.repeat == 2 ? Script{.cannot = "no nf_tables"} : Script{};
    });
    Told told;
    REQUIRE(run_schedule(lab, repeats("silent-drop", "recv", 3), 1, told.events()));
    CHECK(told.count(Outcome::invalid) == 1);
    CHECK(told.count(Outcome::skipped) == 1);
    CHECK(told.count(Outcome::missed) == 1);
}

TEST_CASE("cells that make no sense are told as skipped and never built") {
    ScriptedLab lab(quiet_script);
    auto trials = repeats("healthy", "send-error", 2);
    for (PlannedTrial& t : trials) t.skip = "never writes in idle traffic";
    Told told;
    REQUIRE(run_schedule(lab, trials, 1, told.events()));
    CHECK(told.count(Outcome::skipped) == 2);
    CHECK(lab.happened.empty());
}

TEST_CASE("the one write comes 10 ms after the fault, once, and only in its own profile") {
    ScriptedLab lab(quiet_script);
    auto trials = repeats("silent-drop", "recv", 4);
    trials[1].traffic = Traffic::one_write;
    Told told;
    REQUIRE(run_schedule(lab, trials, 1, told.events()));
    const auto writes = lab.when("write");
    REQUIRE(writes.size() == 1);
    CHECK(writes.at(trials[1].id) - lab.when("fire").at(trials[1].id) == 10ms);
}

TEST_CASE("a fault is healed when the plan says so, while others are still fired") {
    ScriptedLab lab(quiet_script);
    auto trials = repeats("silent-drop", "recv", 200);
    trials[0].heal_after = 400ms;
    trials[1].heal_after = 7s;
    Told told;
    REQUIRE(run_schedule(lab, trials, 1, told.events()));
    const auto heals = lab.when("heal"), fires = lab.when("fire"), ends = lab.when("finish");
    REQUIRE(heals.size() == 2);
    for (const size_t i : {size_t{0}, size_t{1}}) {
        CHECK(heals.at(trials[i].id) - fires.at(trials[i].id) == *trials[i].heal_after);
        CHECK(ends.at(trials[i].id) - fires.at(trials[i].id) >= 10s);
    }
}

TEST_CASE("a notice before the healing ends the trial, and one after it waits until bytes can have passed") {
    ScriptedLab lab([](const PlannedTrial& t) { return Script{.notices_after = t.repeat == 1 ? 1s : 3s}; });
    auto trials = repeats("silent-drop", "recv", 2);
    for (PlannedTrial& t : trials) t.heal_after = 2s;
    Told told;
    REQUIRE(run_schedule(lab, trials, 1, told.events()));
    const auto heals = lab.when("heal"), fires = lab.when("fire"), ends = lab.when("finish");
    CHECK(heals.count(trials[0].id) == 0);
    CHECK(ends.at(trials[0].id) - fires.at(trials[0].id) < 2s);
    CHECK(heals.count(trials[1].id) == 1);
    CHECK(ends.at(trials[1].id) - fires.at(trials[1].id) >= 2s + 2 * 2s + 1s);
}

TEST_CASE("storms of signals are fired after everything else") {
    ScriptedLab lab(quiet_script);
    auto trials = repeats("signal-storm", "recv", 5);
    for (const auto& t : repeats("orderly-close", "recv", 20)) trials.push_back(t);
    Told told;
    REQUIRE(run_schedule(lab, trials, 1, told.events()));
    Instant last_close{}, first_storm = Instant::max();
    for (const auto& [id, at] : lab.when("fire"))
        if (id.starts_with("signal")) first_storm = std::min(first_storm, at);
        else last_close = std::max(last_close, at);
    CHECK(last_close < first_storm);
}

TEST_CASE("a run that is stopped tells what was finished and says so") {
    ScriptedLab lab([](const PlannedTrial& t) { return Script{.notices_after = t.repeat == 1 ? 1s : 9s}; });
    lab.stop_at = lab.now() + 5s;
    Told told;
    CHECK_FALSE(run_schedule(lab, repeats("silent-drop", "recv", 2), 1, told.events()));
    REQUIRE(told.lines.size() == 1);
    CHECK(told.lines[0].repeat == 1);
}

TEST_CASE("one seed gives one order, another seed another") {
    auto order = [](uint64_t seed) {
        ScriptedLab lab(quiet_script);
        Told told;
        run_schedule(lab, repeats("silent-drop", "recv", 30), seed, told.events());
        std::vector<std::string> ids;
        for (const Happened& h : lab.happened)
            if (h.what == "fire") ids.push_back(h.id);
        return ids;
    };
    CHECK(order(1) == order(1));
    CHECK(order(1) != order(2));
}
