// A server of the user's own as one row: what is planned for it, and what follows from the options of its
// sockets.

#include "harness/trial/own_server.h"

#include <set>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include "harness/base/error.h"
#include "harness/linux/fd.h"
#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

OwnServer a_server(const std::string& hello = "PING\r\n") {
    OwnServer server;
    server.command.words = {"/opt/bin/good-server", "--listen", "8080"};
    server.command.port = 8080;
    server.client.hello = server.client.ask = hello;
    return server;
}

OwnServer with_own_client() {
    OwnServer server = a_server("");
    server.client.command = "./client --connect $HALFOPEN_SERVER";
    return server;
}

OwnServerSelection select(std::vector<std::string> scenarios, std::vector<std::string> traffic = {}) {
    return {std::move(scenarios), std::move(traffic), 2, 80s, 1};
}

/// Why nothing of that selection is run.
std::string why_skipped(const OwnServer& server, const std::string& scenario, const std::string& traffic) {
    return plan_of(server, select({scenario}, {traffic})).trials.front().skip;
}

const SocketTimers no_options;
const SocketTimers keepalive_2_1_3{true, 2s, 1s, 3, 0s};
const SocketTimers user_timeout_5{false, 0s, 0s, 0, 5s};
const SocketTimers both{true, 2s, 1s, 3, 5s};

/// The fault comes a second after the last segment, with this effect.
Prediction predicted(Effect effect, Traffic traffic, const SocketTimers& timers) {
    Situation s;
    s.effect = effect;
    s.traffic = traffic;
    s.segment_before_fault = s.message_before_fault = s.watch_before_fault = {1s, 1s};
    s.horizon = 80s;
    return method_of(a_server(), timers, 50ms)->predict(s);
}

/// A window that lies between these two, whatever the allowances at its ends are.
void lies_in(const Prediction& p, Duration from, Duration to) {
    INFO(p.rule << ": " << say(p.after.from) << " to " << say(p.after.to));
    REQUIRE(p.kind == Prediction::Kind::window);
    CHECK(p.after.from >= from);
    CHECK(p.after.to <= to);
}

/// No rule says when, and the reason names what does.
void is_unknown(const Prediction& p, const std::string& reason) {
    CHECK(p.kind == Prediction::Kind::unknown);
    CHECK_THAT(p.rule, ContainsSubstring(reason));
}

} // namespace

TEST_CASE("a server has the last part of its command's first word for a name") {
    CHECK(a_server().name() == "good-server");
}

TEST_CASE("an idle server whose client vanishes lets go when keepalive has run out, counted from the last "
          "segment") {
    lies_in(predicted(Effect::silence, Traffic::idle, keepalive_2_1_3), 4s, 4500ms);
}

TEST_CASE("after a write keepalive is off, and only the retransmissions end it, after a quarter of an hour") {
    lies_in(predicted(Effect::silence, Traffic::one_write, keepalive_2_1_3), 13min, 31min);
    lies_in(predicted(Effect::silence, Traffic::one_write, no_options), 13min, 31min);
}

TEST_CASE("after a write the user timeout ends it, with keepalive or without") {
    lies_in(predicted(Effect::silence, Traffic::one_write, user_timeout_5), 5s, 8s);
    lies_in(predicted(Effect::silence, Traffic::one_write, both), 5s, 8s);
}

TEST_CASE("an idle server without keepalive is told by nothing, and a user timeout alone does not help it") {
    is_unknown(predicted(Effect::silence, Traffic::idle, no_options), "no option of its socket ends this");
    is_unknown(predicted(Effect::silence, Traffic::idle, user_timeout_5),
               "no option of its socket ends this");
}

TEST_CASE("a middlebox that rejects is heard at the first probe of an idle server") {
    lies_in(predicted(Effect::reset_on_send, Traffic::idle, keepalive_2_1_3), 1s, 1500ms);
    is_unknown(predicted(Effect::reset_on_send, Traffic::idle, no_options),
               "no option of its socket ends this");
}

TEST_CASE("a middlebox that rejects is heard at the server's answer, as soon as the program has made it") {
    lies_in(predicted(Effect::reset_on_send, Traffic::one_write, no_options), 0s, 100ms);
}

TEST_CASE("of a stopped process no option tells, and the prediction says that only the program could") {
    for (const Traffic traffic : {Traffic::idle, Traffic::one_write})
        for (const SocketTimers& timers : {no_options, keepalive_2_1_3, user_timeout_5, both})
            is_unknown(predicted(Effect::acknowledges_only, traffic, timers),
                       "only the program itself could");
}

TEST_CASE("what a program makes of a FIN is its own affair") {
    is_unknown(predicted(Effect::half_close, Traffic::idle, keepalive_2_1_3), "its own affair");
    is_unknown(predicted(Effect::fin, Traffic::idle, no_options), "its own affair");
}

TEST_CASE("an RST that arrives is an end for every program") {
    lies_in(predicted(Effect::reset, Traffic::idle, no_options), 0s, 50ms);
}

TEST_CASE("nothing is predicted before a socket was seen, and the reason says so") {
    is_unknown(method_of(a_server())->predict({}), "the options of its socket are read when there is one");
}

TEST_CASE("only a socket with keepalive has a period over which the faults are spread") {
    CHECK(method_of(a_server(), keepalive_2_1_3)->timing().period == 2s);
    CHECK(method_of(a_server(), user_timeout_5)->timing().period == 0s);
}

TEST_CASE("by default the half-close and the five silent failures are tried, idle and after a write") {
    const Plan plan = plan_of(a_server(), select({}));
    CHECK(plan.trials.size() == 6 * 2 * 2);
    CHECK(plan.count_run() == 24);
    CHECK(plan.scenario_heads().size() == 6);
    CHECK(plan.trials.front().id == "half-close/idle/good-server/r1");
    CHECK(plan.trials.back().id == "process-stopped/one-write/good-server/r2");
}

TEST_CASE("without a hello nobody can make the server write, and only idle is planned") {
    const Plan plan = plan_of(a_server(""), select({}));
    CHECK(plan.trials.size() == 6 * 2);
    for (const PlannedTrial& trial : plan.trials)
        CHECK(trial.traffic == Traffic::idle);
}

TEST_CASE("one-write that was asked for without a hello is skipped with its reason") {
    CHECK_THAT(why_skipped(a_server(""), "silent-drop", "one-write"), ContainsSubstring("without --hello"));
    CHECK_THAT(why_skipped(with_own_client(), "silent-drop", "one-write"),
               ContainsSubstring("without --hello"));
    CHECK(why_skipped(a_server(), "silent-drop", "one-write").empty());
}

TEST_CASE("what only the client could do to its own socket is skipped for a client of the user's own") {
    for (const char* scenario : {"orderly-close", "abortive-close"}) {
        INFO(scenario);
        CHECK(why_skipped(with_own_client(), scenario, "idle") ==
              "only your own client can close its connection");
        CHECK(why_skipped(a_server(), scenario, "idle").empty());
    }
    for (const char* scenario : {"silent-drop", "half-close", "process-killed"})
        CHECK(why_skipped(with_own_client(), scenario, "idle").empty());
}

TEST_CASE("signals are skipped, for they would hit a process of ours") {
    CHECK(why_skipped(a_server(), "signal-storm", "idle") == "signals would be for a process of ours");
}

TEST_CASE("traffic that a stranger's server cannot be made to have is refused, with what there is") {
    CHECK_THROWS_WITH(plan_of(a_server(), select({}, {"sending"})),
                      ContainsSubstring("--traffic sending") && ContainsSubstring("one-write"));
    CHECK_THROWS_AS(plan_of(a_server(), select({}, {"nonsense"})), BadInput);
}

TEST_CASE("the repeats of a cell meet the keepalive in phases that are evenly apart") {
    std::set<double> phases;
    for (const PlannedTrial& trial : plan_of(a_server(), select({"silent-drop"}, {"idle"})).trials)
        phases.insert(trial.phase);
    CHECK(phases == std::set{0.25, 0.75});
}

TEST_CASE("the fault waits for its phase of the keepalive, and never for less than delayed ACKs take") {
    PlannedTrial trial = plan_of(a_server(), select({"silent-drop"}, {"idle"})).trials.front();
    trial.phase = 0.75;
    CHECK(before_fault(trial, keepalive_2_1_3, 10s) == 1500ms);
    trial.phase = 0.01;
    CHECK(before_fault(trial, keepalive_2_1_3, 10s) == settled_after);
}

TEST_CASE("a keepalive of hours, or none, has no phase that anybody waits for") {
    PlannedTrial trial = plan_of(a_server(), select({"silent-drop"}, {"idle"})).trials.front();
    trial.phase = 0.75;
    CHECK(before_fault(trial, {true, 2h, 75s, 9, 0s}, 10s) == settled_after);
    CHECK(before_fault(trial, no_options, 10s) == settled_after);
}

TEST_CASE("a slow link settles four of its ways later") {
    const PlannedTrial trial = plan_of(a_server(), select({"silent-drop-300ms"}, {"idle"})).trials.front();
    CHECK(before_fault(trial, no_options, 10s) == settled_after + 4 * trial.scenario->one_way);
    CHECK(trial.scenario->one_way > 0s);
}

TEST_CASE("options are read off a socket as they were set, the system's own where nobody did") {
    const Fd fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const int on = 1, idle = 60, count = 3;
    const unsigned user_timeout = 75'000;
    setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd.get(), IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd.get(), IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
    setsockopt(fd.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof user_timeout);
    const OptionsLine options = read_options(fd.get());
    CHECK(options.keepalive);
    CHECK(options.idle == 60s);
    CHECK(options.interval > 0s);
    CHECK(options.count == 3);
    CHECK(options.user_timeout == 75s);
}

TEST_CASE("keepalive's numbers arm nothing on a socket that has it off") {
    const SocketTimers off = timers_of({false, 2h, 75s, 9, 5s});
    CHECK_FALSE(off.keepalive);
    CHECK(off.idle == 0s);
    CHECK(off.user_timeout == 5s);
    CHECK(timers_of({true, 2h, 75s, 9, 0s}).interval == 75s);
}
