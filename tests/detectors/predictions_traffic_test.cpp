// What every method is predicted to say when the link carries data, and by who speaks by himself.

#include <algorithm>

#include "support/catch.h"

#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::windows;
using namespace std::chrono_literals;
using Kind = Prediction::Kind;

TEST_CASE("one unacknowledged byte turns keepalive off for fifteen minutes") {
    const Prediction p = silent_drop("keepalive", Traffic::one_write);
    REQUIRE(p.kind == Kind::window);
    for (const double measured : {937.720, 938.202, 938.553})
        require_holds(p.after, measured + 0.010);
    CHECK(p.after.to - p.after.from < 3s);
    CHECK(p.rule.find("keepalive is off") != std::string::npos);
}

TEST_CASE("a user timeout holds while keepalive is off") {
    const Window w = silent_drop("keepalive+user-timeout", Traffic::one_write).after;
    CHECK(w.from >= 75400ms);
    CHECK(w.to <= 77600ms);
    require_is(silent_drop("user-timeout", Traffic::one_write).after, 10.426, 10.692);
}

TEST_CASE("data in flight at the fault counts from before it") {
    require_is(silent_drop("user-timeout:timeout=3s", Traffic::in_flight).after, 3.415, 3.42);
    require_is(reboot("recv", Traffic::in_flight).after, 0.203, 0.208);
}

TEST_CASE("a continuous writer's user timeout covers every phase of its writes") {
    // Measured from the first unanswered write, for writes every 2, 50 and 100 ms.
    const Window w = silent_drop("user-timeout:timeout=3s", Traffic::sending).after;
    for (const double measured : {3.224, 3.265, 3.318})
        require_holds(w, measured);
    CHECK(w.to <= 3600ms);
}

TEST_CASE("an unacknowledged answer makes request-response a case of data in flight") {
    Situation s = right_after(Effect::silence, Truth::unreachable, Traffic::request_response);
    CHECK(predict("recv", s).kind == Kind::never);
    s.unacked = 1;
    CHECK(predict("recv", s).kind == Kind::window);
    CHECK(predict("keepalive", s).after.from > 900s);
}

TEST_CASE("TCP_INFO done right sees the third retransmission") {
    const Prediction p = silent_drop("tcp-info", Traffic::one_write);
    REQUIRE(p.kind == Kind::window);
    CHECK(p.signal == "TCP_INFO: 3 retransmits");
    require_is(p.after, 1.666, 1.808);
    CHECK(silent_drop("tcp-info-as-stated", Traffic::one_write).after.from > 900s);
}

TEST_CASE("TCP_INFO's own time limit strikes first when it is the shorter one") {
    const Prediction p = silent_drop("tcp-info:timeout=1s", Traffic::one_write);
    CHECK(p.signal == "TCP_INFO: unacknowledged for 1 s");
    CHECK(p.after == Window{910ms, 1120ms});
}

TEST_CASE("a stopped process is noticed only by who makes the client's process speak") {
    const auto needs_the_client = [](const Method& method) {
        const auto& needs = method.about.needs;
        return std::find(needs.begin(), needs.end(), "the client's cooperation") != needs.end();
    };
    for (const Method* method : methods()) {
        // It waits for an answer to what the server writes, and convicts whoever gives none, alive or stopped.
        const bool waits_for_answers = method->about.name == "request-deadline";
        const bool asks_the_process = needs_the_client(*method);
        INFO(method->about.name);
        if (method->about.law == 5)
            CHECK(asks_the_process);
        CHECK((stopped(method->about.name).kind == Kind::window) == asks_the_process);
        CHECK((stopped(method->about.name, Traffic::one_write).kind == Kind::window) ==
              (asks_the_process || waits_for_answers));
    }
    CHECK(stopped("ping-pong:answered-by=thread").kind == Kind::window);
}

TEST_CASE("law 5 ends every silence at its limit") {
    for (const Effect effect : {Effect::silence, Effect::acknowledges_only}) {
        require_is(predict("heartbeat", right_after(effect, Truth::stuck)).after, 10, 10.011);
        require_is(predict("ping-pong", right_after(effect, Truth::stuck)).after, 10, 10.003);
    }
    Situation s = right_after(Effect::silence, Truth::unreachable);
    s.message_before_fault = {1500ms, 1500ms};
    require_is(predict("heartbeat", s).after, 8.5, 8.511);
    require_is(predict("ping-pong", s).after, 8.5, 8.503);
}

TEST_CASE("a ping to a host that forgot the connection is answered by RST") {
    Situation s = right_after(Effect::reset_on_send, Truth::gone);
    s.message_before_fault = {500ms, 500ms};
    require_is(predict("ping-pong", s).after, 1.5, 1.503);
    CHECK(predict("ping-pong", s).signal == "recv: ECONNRESET");
    require_is(predict("heartbeat", s).after, 9.5, 9.511);
}

TEST_CASE("a shut window makes a user timeout kill a client that answers") {
    Situation s = right_after(Effect::nothing, Truth::alive, Traffic::buffer_full);
    s.watch_before_fault = {1s, 1s};
    const Prediction p = predict("user-timeout:timeout=3s", s);
    REQUIRE(p.kind == Kind::window);
    CHECK(p.outcome(s.truth, 80s) == Outcome::false_alarm);
    require_holds(p.after, 3.240 - 1); // measured from the closing of the window
    CHECK(predict("recv", s).kind == Kind::never);
    CHECK(predict("keepalive", s).kind == Kind::never);
    s.watch_before_fault = {20s, 20s};
    CHECK(predict("user-timeout:timeout=3s", s).after.to < 0s);
}

TEST_CASE("pings behind a full buffer call a healthy client dead") {
    const Situation s = right_after(Effect::nothing, Truth::alive, Traffic::buffer_full);
    CHECK(predict("ping-pong", s).outcome(s.truth, 80s) == Outcome::false_alarm);
    CHECK(predict("heartbeat", s).kind == Kind::never);
}

TEST_CASE("a client that closes with unread bytes sends RST instead of FIN") {
    CHECK(predict("recv", right_after(Effect::fin, Truth::gone, Traffic::buffer_full)).signal ==
          "recv: ECONNRESET");
    CHECK(predict("recv", right_after(Effect::half_close, Truth::half_closed, Traffic::buffer_full)).signal ==
          "recv: 0");
}

TEST_CASE("the only write after a failure succeeds, so send() says nothing") {
    CHECK(predict("send-error", right_after(Effect::fin, Truth::gone, Traffic::one_write)).kind ==
          Kind::never);
    CHECK(silent_drop("send-error", Traffic::one_write).kind == Kind::never);
    CHECK(reboot("send-error", Traffic::one_write).kind == Kind::never);
    const Prediction reset =
        predict("send-error", right_after(Effect::reset, Truth::gone, Traffic::one_write));
    CHECK(reset.after == Window{10ms, 20ms});
}

TEST_CASE("a continuous writer learns of a close at its second write") {
    const Window w = predict("send-error", right_after(Effect::fin, Truth::gone, Traffic::sending)).after;
    CHECK(w == Window{100ms, 200ms});
}

TEST_CASE("whether a stopped client's buffer fills in time is left open") {
    CHECK(stopped("keepalive+user-timeout", Traffic::sending).kind == Kind::unknown);
    CHECK(stopped("keepalive", Traffic::sending).kind == Kind::never);
}
