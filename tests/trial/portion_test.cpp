// A plan in portions, and how a portion travels into its virtual machine.

#include <map>
#include <set>

#include "harness/trial/messages.h"
#include "harness/trial/portion.h"
#include "harness/trial/schedule.h"
#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

Plan plan_of(std::vector<std::string> what, Duration horizon = 80s) {
    Selection s;
    s.what = std::move(what);
    s.horizon = horizon;
    s.virtual_time = true;
    return make_plan(s);
}

std::vector<std::string> ids(const std::vector<Portion>& portions) {
    std::vector<std::string> all;
    for (const Portion& p : portions)
        for (const PlannedTrial& t : p.trials) all.push_back(t.id);
    return all;
}

} // namespace

TEST_CASE("every trial that is run is in one portion, and what is skipped is in none") {
    const Plan plan = plan_of({"starter"});
    std::set<std::string> run;
    for (const PlannedTrial& t : plan.trials)
        if (t.skip.empty()) run.insert(t.id);
    const auto all = ids(cut(plan));
    CHECK(all.size() == run.size());
    CHECK(std::set<std::string>(all.begin(), all.end()) == run);
}

TEST_CASE("within a portion trials stand in the plan's order") {
    const Plan plan = plan_of({"starter"});
    std::map<std::string, size_t> place;
    for (size_t i = 0; i < plan.trials.size(); ++i) place[plan.trials[i].id] = i;
    for (const Portion& p : cut(plan))
        for (size_t i = 1; i < p.trials.size(); ++i) CHECK(place[p.trials[i - 1].id] < place[p.trials[i].id]);
}

TEST_CASE("what is noticed within a second runs alone, long waits run together") {
    for (const Portion& p : cut(plan_of({"orderly-close", "signal-storm", "recv", "heartbeat"}))) CHECK(p.alone);
    for (const Portion& p : cut(plan_of({"silent-drop", "recv", "heartbeat", "keepalive"}))) CHECK_FALSE(p.alone);
}

TEST_CASE("a large plan is cut into more portions than a small one, and none is empty") {
    CHECK(cut(plan_of({"silent-drop", "recv"})).size() == 1);
    const auto portions = cut(plan_of({"starter"}));
    CHECK(portions.size() > 4);
    for (const Portion& p : portions) CHECK_FALSE(p.trials.empty());
}

TEST_CASE("a trial that wakes the guest often costs more than one that sleeps through hours") {
    const Plan sleeps = plan_of({"silent-drop", "recv"}, 3h), polls = plan_of({"healthy", "tcp-info-as-stated"}, 3h);
    CHECK(expected_cost(polls.trials.front()) > 20 * expected_cost(sleeps.trials.front()));
}

TEST_CASE("a portion comes out of the guest's archive as it went in") {
    const Plan plan = plan_of({"outage-healed", "keepalive:idle=4s,interval=2s,count=3"});
    const Portion before = cut(plan).front();
    const ReadPortion read = read_portion(to_json(before, 7));
    CHECK(read.seed == 7);
    CHECK(read.portion.alone == before.alone);
    REQUIRE(read.portion.trials.size() == before.trials.size());
    for (size_t i = 0; i < before.trials.size(); ++i) {
        const PlannedTrial &a = before.trials[i], &b = read.portion.trials[i];
        CHECK(a.before_fault == b.before_fault);
        CHECK(a.heal_after == b.heal_after);
        CHECK(b.heal_after);
        // The line of a trial that was not run shows everything else that a plan says of it.
        CHECK(to_json(not_run(a, Outcome::skipped, "")) == to_json(not_run(b, Outcome::skipped, "")));
    }
}

TEST_CASE("what a lab tells is understood as it was meant") {
    LabFacts facts;
    facts.kernel = "6.1.0-56-cloud-amd64";
    facts.hz = 250;
    facts.sysctl = {{"net.ipv4.tcp_retries2", "15"}, {"net.ipv4.tcp_rto_max_ms", std::nullopt}};
    const auto heard = std::get<LabFacts>(read_message(message(facts)));
    CHECK(heard.kernel == facts.kernel);
    CHECK(heard.hz == 250);
    CHECK(heard.sysctl == facts.sysctl);
    CHECK(std::get<Finished>(read_message(message(Finished{2h}))).lab_time == 2h);
    CHECK(is_last(message(Finished{})));
    CHECK(is_last(message_of_error(Exit::machine, "no")));
    CHECK_FALSE(is_last(message(facts)));
    CHECK(complaint_in(message_of_complaint("a role said so")) == "a role said so");
    CHECK_THROWS_WITH(read_message(message_of_error(Exit::machine, "no veth here")), "no veth here");
    CHECK_THROWS_AS(read_message(""), Error);
    CHECK_THROWS_AS(read_message("zzz"), Error);
}
