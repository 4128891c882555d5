// What every method is predicted to say, cell by cell where it matters.

#include <catch2/catch.hpp>

#include "detectors/detector.h"
#include "tests/detectors/windows.h"

using namespace halfopen;
using namespace std::chrono_literals;
using Kind = Prediction::Kind;

namespace {

/// The fault right after the last exchange, on an idle link, at HZ 250.
Situation right_after(Effect effect, Truth truth, Traffic traffic = Traffic::idle) {
    Situation s;
    s.effect = effect;
    s.truth = truth;
    s.traffic = traffic;
    s.watch_before_fault = {2s, 2s};
    s.signal_interval = 5ms;
    return s;
}

Prediction predict(std::string_view spec, const Situation& s) { return make_detector(spec)->predict(s); }

Prediction silent_drop(std::string_view spec, Traffic traffic = Traffic::idle) {
    return predict(spec, right_after(Effect::silence, Truth::unreachable, traffic));
}

Prediction reboot(std::string_view spec, Traffic traffic = Traffic::idle) {
    return predict(spec, right_after(Effect::reset_on_send, Truth::gone, traffic));
}

Prediction stopped(std::string_view spec, Traffic traffic = Traffic::idle) {
    return predict(spec, right_after(Effect::acknowledges_only, Truth::stuck, traffic));
}

const std::vector<std::string_view> laws_1_to_3 = {
    "recv-as-stated", "recv", "tcp-info-as-stated", "tcp-info",      "select-as-stated",
    "select",         "poll", "epoll-edge-rdhup",   "recv-any-error"};

} // namespace

TEST_CASE("every method has a reason for every effect under every traffic") {
    for (const Method* method : methods())
        for (int effect = 0; effect < 8; ++effect)
            for (int traffic = 0; traffic < traffic_count; ++traffic) {
                Situation s =
                    right_after(static_cast<Effect>(effect), Truth::gone, static_cast<Traffic>(traffic));
                const Prediction p = predict(method->about.name, s);
                INFO(method->about.name << ", " << name(s.effect) << ", " << info(s.traffic).name << ": "
                                        << p.rule);
                CHECK(p.rule.size() > 20);
                CHECK(p.rule.back() != '.');
                if (p.kind == Kind::window)
                    CHECK(p.after.from <= p.after.to);
            }
}

TEST_CASE("nobody is predicted to speak of a healthy idle client, except who takes a timeout for an error") {
    const Situation s = right_after(Effect::nothing, Truth::alive);
    for (const Method* method : methods())
        CHECK(predict(method->about.name, s).outcome(s.truth, 80s) == Outcome::quiet);
    CHECK(predict("recv-as-stated:timeout=1s", s).outcome(s.truth, 80s) == Outcome::false_alarm);
}

TEST_CASE("laws 1 to 3 never notice a silent failure of an idle link") {
    for (const std::string_view spec : laws_1_to_3) {
        INFO(spec);
        CHECK(silent_drop(spec).kind == Kind::never);
        CHECK(reboot(spec).kind == Kind::never);
        CHECK(stopped(spec).kind == Kind::never);
    }
    CHECK(silent_drop("user-timeout").kind == Kind::never);
}

TEST_CASE("laws 1 to 3 hear a goodbye at once") {
    for (const std::string_view spec : laws_1_to_3)
        for (const Effect effect : {Effect::fin, Effect::half_close, Effect::reset}) {
            const Prediction p = predict(spec, right_after(effect, Truth::gone));
            INFO(spec << ", " << name(effect));
            REQUIRE(p.kind == Kind::window);
            CHECK(p.after.from == 0s);
            CHECK(p.after.to <= (spec.starts_with("tcp-info") ? 110ms : 10ms));
        }
}

TEST_CASE("laws 1 to 3 as stated misread a half-closed client, and done right they do not") {
    const Situation s = right_after(Effect::half_close, Truth::half_closed);
    for (const std::string_view spec :
         {"recv-as-stated", "tcp-info-as-stated", "select-as-stated", "recv-any-error"})
        CHECK(predict(spec, s).outcome(s.truth, 80s) == Outcome::misread);
    for (const std::string_view spec :
         {"recv", "tcp-info", "select", "keepalive", "heartbeat", "ping-pong", "poll"})
        CHECK(predict(spec, s).outcome(s.truth, 80s) == Outcome::noticed);
}

TEST_CASE("select as stated sees a reset as the zero of its second look") {
    CHECK(predict("select-as-stated", right_after(Effect::reset, Truth::gone)).signal == "recv: 0");
    CHECK(predict("select", right_after(Effect::reset, Truth::gone)).signal == "recv: ECONNRESET");
}

TEST_CASE("keepalive 60/5/3 ends a silent idle link after 75 to 78 seconds") {
    const Prediction p = silent_drop("keepalive");
    REQUIRE(p.kind == Kind::window);
    CHECK(p.after == Window{75s, 77816ms});
    CHECK(p.signal == "recv: ETIMEDOUT");
    CHECK(p.rule ==
          "last segment + 60 s + 3 x 5 s; the timer wheel at HZ 250 adds up to 2.048 + 3 x 0.256 s");
    CHECK(silent_drop("keepalive+user-timeout").after == Window{75s, 77816ms});
}

TEST_CASE("keepalive counts from the last segment, not from the fault") {
    Situation s = right_after(Effect::silence, Truth::unreachable);
    s.segment_before_fault = {20s, 40s};
    CHECK(predict("keepalive", s).after == Window{35s, 57816ms});
    // A client that was well has answered a probe in the last 62.048 s, however long the link has rested.
    s.segment_before_fault = {0s, 500s};
    CHECK(predict("keepalive", s).after == Window{75s - 62048ms, 77816ms});
}

TEST_CASE("a client that forgot the connection answers the first keepalive probe by RST") {
    const Prediction p = reboot("keepalive");
    REQUIRE(p.kind == Kind::window);
    CHECK(p.after == Window{60s, 62048ms});
    CHECK(p.signal == "recv: ECONNRESET");
    CHECK(reboot("keepalive+user-timeout").after == Window{60s, 62048ms});
}

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

TEST_CASE("a stopped process is noticed by heartbeat and ping-pong alone") {
    for (const Method* method : methods()) {
        const bool asks_the_process = method->about.law == 5;
        INFO(method->about.name);
        CHECK((stopped(method->about.name).kind == Kind::window) == asks_the_process);
        CHECK((stopped(method->about.name, Traffic::one_write).kind == Kind::window) == asks_the_process);
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

TEST_CASE("a receive timeout convicts an idle client before anything breaks") {
    Situation s = right_after(Effect::silence, Truth::unreachable);
    s.message_before_fault = {1600ms, 1600ms};
    s.watch_before_fault = {1500ms, 1500ms};
    const Prediction p = predict("recv-as-stated:timeout=1s", s);
    REQUIRE(p.kind == Kind::window);
    CHECK(p.after.to < 0s);
    CHECK(p.signal == "recv: EAGAIN");
    CHECK(p.outcome(s.truth, 80s) == Outcome::false_alarm);
}

TEST_CASE("a receive timeout never ends under a storm of signals, unless it ended before") {
    Situation s = right_after(Effect::signals, Truth::alive);
    s.message_before_fault = {3ms, 3ms};
    CHECK(predict("recv-as-stated:timeout=1s", s).kind == Kind::never);
    s.message_before_fault = s.watch_before_fault = {1500ms, 1500ms};
    CHECK(predict("recv-as-stated:timeout=1s", s).outcome(s.truth, 80s) == Outcome::false_alarm);
    s.message_before_fault = s.watch_before_fault = {1010ms, 1010ms};
    CHECK(predict("recv-as-stated:timeout=1s", s).kind == Kind::unknown);
}

TEST_CASE("signals convict only where EINTR counts") {
    const Situation s = right_after(Effect::signals, Truth::alive);
    for (const Method* method : methods()) {
        INFO(method->about.name);
        const bool convicts = method->about.name == "recv-any-error";
        CHECK((predict(method->about.name, s).kind == Kind::window) == convicts);
    }
    CHECK(predict("recv-any-error", s).signal == "recv: EINTR");
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
