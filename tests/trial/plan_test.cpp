// Plans: pure functions of the catalogues, the selection and the seed.

#include <map>
#include <set>

#include "harness/base/error.h"
#include "harness/trial/plan.h"
#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

Selection selected(std::vector<std::string> what) {
    Selection s;
    s.what = std::move(what);
    return s;
}

std::string plan_complaint(const Selection& selection) {
    try {
        make_plan(selection);
    } catch (const Error& e) {
        return e.what();
    }
    return "nothing was wrong";
}

} // namespace

TEST_CASE("the starter holds the laws against the eleven first failures, idle and after a write") {
    const Plan plan = make_plan({});
    CHECK(plan.name == "starter");
    CHECK(plan.horizon == 80s);
    CHECK(plan.scenario_heads().size() == 11);
    std::set<int> laws;
    for (const DetectorHead& head : plan.detector_heads()) laws.insert(head.law);
    CHECK(laws == std::set{0, 1, 2, 3, 4, 5});
    for (const DetectorHead& head : plan.detector_heads()) CHECK_FALSE(head.family.empty());
    CHECK(plan.count_run() > 700);
    CHECK(plan.count_run() < 900);
}

TEST_CASE("ids are unique and name scenario, traffic, detector and repeat") {
    const Plan plan = make_plan({});
    std::set<std::string> ids;
    for (const PlannedTrial& t : plan.trials) CHECK(ids.insert(t.id).second);
    CHECK(ids.count("silent-drop/idle/keepalive:idle=60s,interval=5s,count=3/r3") == 1);
}

TEST_CASE("one seed gives one plan, another seed other phases") {
    Selection other;
    other.seed = 2;
    CHECK(make_plan({}).digest() == make_plan({}).digest());
    CHECK(make_plan({}).digest() != make_plan(other).digest());
}

TEST_CASE("short periods are swept evenly, and law 4 fires right after the last exchange") {
    for (const PlannedTrial& t : make_plan(selected({"silent-drop"})).trials) {
        INFO(t.id);
        if (t.spec.starts_with("heartbeat")) {
            CHECK(t.phase >= (t.repeat - 1) / 3.0);
            CHECK(t.phase < t.repeat / 3.0);
        }
        if (t.spec == "keepalive:idle=60s,interval=5s,count=3") CHECK(t.before_fault == 0s);
    }
}

TEST_CASE("a scenario alone means everybody against it, and a detector alone it against everything") {
    const Plan one = make_plan(selected({"silent-drop"}));
    CHECK(one.scenario_heads().size() == 1);
    CHECK(one.detector_heads().size() == make_plan({}).detector_heads().size());
    const Plan other = make_plan(selected({"poll"}));
    CHECK(other.scenario_heads().size() == 11);
    CHECK(other.detector_heads().size() == 1);
    CHECK(make_plan(selected({"silent-drop", "keepalive"})).trials.size() == 3);
}

TEST_CASE("a law means its detectors, as stated and done right") {
    std::set<std::string> names;
    for (const DetectorHead& head : make_plan(selected({"law-5", "silent-drop"})).detector_heads()) names.insert(head.name);
    CHECK(names == std::set<std::string>{"heartbeat", "ping-pong"});
}

TEST_CASE("a detector that is asked for twice, however spelled, is run once") {
    CHECK(make_plan(selected({"silent-drop", "keepalive", "keepalive:idle=60s"})).trials.size() == 3);
}

TEST_CASE("shell patterns, repeats, horizon and traffic cut a plan down") {
    Selection s = selected({"recv"});
    s.scenarios = {"silent-dro?", "outage-*"};
    s.repeats = 2;
    s.horizon = 5s;
    s.traffic = {"sending", "idle"};
    const Plan plan = make_plan(s);
    CHECK(plan.scenario_heads().size() == 3);
    CHECK(plan.trials.size() == 3 * 2 * 2);
    CHECK(plan.trials.front().horizon == 5s);
}

TEST_CASE("periodic traffic is broken 70 ms after one of its beats") {
    Selection s = selected({"silent-drop", "heartbeat"});
    s.traffic = {"receiving"};
    for (const PlannedTrial& t : make_plan(s).trials) CHECK(t.before_fault % 100ms == 70ms);
}

TEST_CASE("an outage lasts half the detector's limit, and is not run where it would end too early or too late") {
    Selection s = selected({"outage-healed"});
    s.detectors = {"recv", "heartbeat", "keepalive", "keepalive:idle=2h,interval=75s,count=9",
                   "heartbeat:interval=100ms,timeout=300ms"};
    s.repeats = 1;
    std::map<std::string, PlannedTrial> by_name;
    for (const PlannedTrial& t : make_plan(s).trials) by_name[t.detector->label()] = t;
    CHECK(by_name.at("recv()").heal_after == 5s);
    CHECK(by_name.at("heartbeat 2 s, limit 10 s").heal_after == 5s);
    CHECK(by_name.at("keepalive 60/5/3").heal_after == 37500ms);
    CHECK(by_name.at("keepalive 60/5/3").skip.empty());
    CHECK_THAT(by_name.at("keepalive, system defaults").skip, ContainsSubstring("only 80.0 s are watched"));
    CHECK_THAT(by_name.at("heartbeat 100 ms, limit 300 ms").skip, ContainsSubstring("before it is known to bite"));
}

TEST_CASE("on a link with a delay the fault waits for the proof of life and its acknowledgement") {
    Selection s = selected({"silent-drop-300ms", "recv"});
    s.repeats = 1;
    CHECK(make_plan(s).trials.front().before_fault == 300ms);
    s.traffic = {"request-response"};
    const PlannedTrial t = make_plan(s).trials.front();
    CHECK(t.before_fault % 200ms == (70ms + 3 * 150ms) % 200ms);
    const Situation planned = planned_situation(*t.scenario, t.traffic, *t.detector, {t.before_fault, t.before_fault}, KernelFacts{});
    CHECK(planned.srtt > 300ms);
    CHECK(planned.rto == 904ms);
    CHECK(planned.message_before_fault.from == -30ms); // A request is on its way.
}

TEST_CASE("unknown words are refused with the nearest name") {
    CHECK_THAT(plan_complaint(selected({"silent-dorp"})), ContainsSubstring("did you mean \"silent-drop\"?"));
    CHECK_THAT(plan_complaint(selected({"keepalvie"})), ContainsSubstring("did you mean \"keepalive\"?"));
    CHECK_THAT(plan_complaint(selected({"law-6"})), ContainsSubstring("law-1 to law-5"));
    Selection s;
    s.traffic = {"idel"};
    CHECK_THAT(plan_complaint(s), ContainsSubstring("request-response"));
    s = {};
    s.id = "no/such/trial";
    CHECK_THAT(plan_complaint(s), ContainsSubstring("nothing is selected"));
}
