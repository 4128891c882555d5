// Advice: a pure function of the request, checked against the rules that it is made of.

#include <algorithm>

#include "harness/trial/advice.h"
#include "harness/trial/plan.h"
#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

AdviceRequest request(Duration within, std::vector<Traffic> traffic, std::vector<const char*> must_notice) {
    AdviceRequest r{within, std::move(traffic), {}, {}};
    for (const char* name : must_notice) r.must_notice.push_back(&find_scenario(name));
    return r;
}

std::string spec_for(const AdviceRequest& r) {
    const Advice advice = advise(r);
    return advice.detector ? spec_of(*advice.detector) : advice.why_not;
}

Duration worst_of(const Advice& advice) {
    Duration worst{0};
    for (const AdvisedCell& cell : advice.cells) worst = std::max(worst, cell.prediction.after.to);
    return worst;
}

} // namespace

TEST_CASE("a server that may write needs the user timeout beside keepalive, one that only waits does not") {
    CHECK(spec_for(default_request(78s, {})) == "keepalive+user-timeout:idle=60s,interval=5s,count=3");
    CHECK(spec_for(request(78s, {Traffic::idle}, {"silent-drop"})) == "keepalive:idle=60s,interval=5s,count=3");
}

TEST_CASE("one second more of idle time would be too late") {
    for (const Duration within : {Duration{7s}, Duration{30s}, Duration{200s}, Duration{40min}}) {
        const Advice advice = advise(request(within, {Traffic::idle, Traffic::one_write}, {"silent-drop"}));
        REQUIRE(advice.detector);
        INFO(spec_of(*advice.detector));
        CHECK(worst_of(advice) <= within);
        const SocketTimers t = advice.detector->socket_timers();
        REQUIRE(t.keepalive);
        const auto later =
            make_detector(fmt::format("{}:idle={}s,interval={}s,count={}", advice.detector->describe().name,
                                      t.idle / 1s + 1, t.interval / 1s, t.count));
        CHECK(over_all_phases(find_scenario("silent-drop"), Traffic::idle, *later, {}).after.to > within);
    }
}

TEST_CASE("the worst case of advice is that of the whole phase range, not of one phase") {
    const Advice advice = advise(request(78s, {Traffic::idle}, {"silent-drop"}));
    const Situation right_after =
        planned_situation(find_scenario("silent-drop"), Traffic::idle, *advice.detector, {0s, 0s}, {});
    const Situation late =
        planned_situation(find_scenario("silent-drop"), Traffic::idle, *advice.detector, {50s, 50s}, {});
    CHECK(worst_of(advice) == advice.detector->predict(right_after).after.to);
    CHECK(worst_of(advice) > advice.detector->predict(late).after.to);
}

TEST_CASE("three probes are kept as long as the time allows, and fewer say what that costs") {
    const Advice three = advise(request(5s, {Traffic::idle}, {"silent-drop"}));
    CHECK(three.detector->socket_timers().count == 3);
    CHECK(three.caution.empty());
    const Advice two = advise(request(3500ms, {Traffic::idle}, {"silent-drop"}));
    CHECK(two.detector->socket_timers().count == 2);
    CHECK_THAT(two.caution, ContainsSubstring("only two tries fit"));
    const Advice one = advise(request(2500ms, {Traffic::idle}, {"silent-drop"}));
    CHECK(one.detector->socket_timers().count == 1);
    CHECK_THAT(one.caution, ContainsSubstring("one lost packet ends a client that lives"));
}

TEST_CASE("a coarser timer wheel leaves less idle time") {
    KernelFacts coarse;
    coarse.hz = 100;
    const auto idle = [](const KernelFacts& kernel) {
        return advise(default_request(78s, kernel)).detector->socket_timers().idle;
    };
    CHECK(idle(coarse) < idle({}));
}

TEST_CASE("where the kernel's own timers do, no program is asked, and for a stopped process only that does") {
    CHECK(advise(default_request(30s, {})).detector->describe().job == Job::reads);
    CHECK(spec_for(request(30s, {Traffic::idle, Traffic::one_write}, {"process-stopped"})) ==
          "ping-pong:interval=7s,timeout=29s,answered-by=worker");
    CHECK_THAT(spec_for(request(1500ms, {Traffic::idle}, {"silent-drop"})), ContainsSubstring("ping-pong"));
}

TEST_CASE("goodbyes need no setting, nor does a write with a quarter of an hour to spare") {
    CHECK(spec_for(request(1s, {Traffic::idle, Traffic::one_write},
                           {"orderly-close", "half-close", "process-killed"})) == "recv");
    CHECK(spec_for(request(20min, {Traffic::one_write}, {"silent-drop"})) == "recv");
    const Advice ten_minutes = advise(request(10min, {Traffic::one_write}, {"silent-drop"}));
    CHECK(ten_minutes.detector->describe().name == "user-timeout");
    CHECK(ten_minutes.detector->socket_timers().user_timeout > 590s);
    CHECK(worst_of(ten_minutes) <= 10min);
}

TEST_CASE("an answer may be under way when the client vanishes, so request-response is not given keepalive alone") {
    CHECK_THAT(spec_for(request(30s, {Traffic::request_response}, {"silent-drop"})),
               ContainsSubstring("keepalive+user-timeout"));
    const auto cells = asked_cells(request(30s, {Traffic::request_response}, {"silent-drop"}));
    CHECK(cells.size() == 2);
}

TEST_CASE("a client that lives is never given away for a fast notice") {
    // TCP_USER_TIMEOUT and pings end a client that does not read for a while.
    const Advice advice = advise(request(30s, {Traffic::buffer_full}, {"silent-drop"}));
    REQUIRE(advice.detector);
    CHECK(advice.detector->describe().name == "heartbeat");
    for (const Traffic traffic : find_scenario("healthy").traffic)
        for (const Duration within : {Duration{3s}, Duration{60s}, Duration{1h}}) {
            const Advice any = advise(request(within, {traffic}, {"silent-drop"}));
            if (!any.detector) continue;
            INFO(info(traffic).name << " " << spec_of(*any.detector));
            CHECK(over_all_phases(find_scenario("healthy"), traffic, *any.detector, {}).kind !=
                  Prediction::Kind::window);
        }
}

TEST_CASE("what no settings can do is refused with the nearest that some can, and that is true") {
    const AdviceRequest hurried = default_request(300ms, {});
    const Advice none = advise(hurried);
    CHECK_FALSE(none.detector);
    CHECK(none.cells.empty());
    CHECK(none.near.size() == 6);
    REQUIRE(parse_duration(none.least));
    CHECK_THAT(none.why_not, ContainsSubstring(none.least));
    AdviceRequest nearest = hurried;
    nearest.within = *parse_duration(none.least);
    CHECK(advise(nearest).detector);
    nearest.within -= 100ms;
    CHECK_FALSE(advise(nearest).detector);
}

TEST_CASE("where the client is alive there is nothing to notice") {
    for (const char* name : {"healthy", "outage-healed", "delay-spike"}) {
        const Advice advice = advise(request(30s, {Traffic::idle}, {name}));
        CHECK_FALSE(advice.detector);
        CHECK_THAT(advice.why_not, ContainsSubstring("there is nothing to notice"));
        CHECK_THAT(advice.why_not, ContainsSubstring(name));
    }
}

TEST_CASE("packets of an idle hour are two a probe or hello, three a ping, and none where nothing asks") {
    CHECK(packets_per_idle_hour(*make_detector("keepalive:idle=60s,interval=5s,count=3")) == 120);
    CHECK(packets_per_idle_hour(*make_detector("keepalive+user-timeout:idle=2h,interval=75s,count=9")) == 2);
    CHECK(packets_per_idle_hour(*make_detector("heartbeat:interval=2s,timeout=10s")) == 3600);
    CHECK(packets_per_idle_hour(*make_detector("ping-pong:interval=2s,timeout=10s")) == 5400);
    CHECK(packets_per_idle_hour(*make_detector("user-timeout")) == 0);
    CHECK(packets_per_idle_hour(*make_detector("recv")) == 0);
}

TEST_CASE("what settings do not notice names the stopped process, the unacknowledged write and who is called dead") {
    const auto spots = [](const char* spec) { return blind_spots(*make_detector(spec), 80s, {}); };
    const auto names = [](const std::vector<BlindSpot>& all, const std::string& scenario, const std::string& traffic) {
        return std::any_of(all.begin(), all.end(), [&](const BlindSpot& s) {
            return std::count(s.scenarios.begin(), s.scenarios.end(), scenario) &&
                   std::count(s.traffic.begin(), s.traffic.end(), traffic);
        });
    };
    const auto alone = spots("keepalive:idle=60s,interval=5s,count=3");
    CHECK(names(alone, "process-stopped", "idle"));
    CHECK(names(alone, "silent-drop", "one-write"));
    CHECK_FALSE(names(alone, "silent-drop", "idle"));
    const auto both = spots("keepalive+user-timeout:idle=60s,interval=5s,count=3");
    CHECK_FALSE(names(both, "silent-drop", "one-write"));
    CHECK(names(both, "healthy", "buffer-full"));
    CHECK(std::any_of(both.begin(), both.end(), [](const BlindSpot& s) { return s.kills_the_living; }));
    CHECK_FALSE(names(spots("ping-pong"), "process-stopped", "idle"));
}
