// What the methods of the application's own protocol are predicted to say.

#include "support/catch.h"

#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::windows;
using namespace std::chrono_literals;
using Kind = Prediction::Kind;

namespace {

/// Silence, `age` after the last message, 8 s after watching began.
Situation silence_after(Duration age, Traffic traffic = Traffic::idle) {
    Situation s = right_after(Effect::silence, Truth::unreachable, traffic);
    s.message_before_fault = {age, age};
    s.watch_before_fault = {8s + age, 8s + age};
    return s;
}

const std::vector<std::string_view> all = {"phi-accrual",    "chen-nfd-e",       "jacobson",
                                           "read-idle-ping", "ping-unless-busy", "request-deadline"};

} // namespace

TEST_CASE("phi accrual ends a silence at its quantile of a regular client's intervals") {
    // 2 s and the normal quantile of 10^-phi times 0.2 s; 10 ms either way for when hellos come.
    const std::pair<std::string_view, double> table[] = {
        {"phi-accrual:threshold=1", 2.2563},
        {"phi-accrual:threshold=3", 2.6180},
        {"phi-accrual", 3.1224},
        {"phi-accrual:threshold=12", 3.4069}};
    for (const auto& [spec, limit] : table) {
        INFO(spec);
        require_is(predict(spec, silence_after(0s)).after, limit - 0.010, limit + 0.014);
        require_is(predict(spec, silence_after(1500ms)).after, limit - 1.510, limit - 1.486);
    }
    CHECK(predict("phi-accrual", silence_after(0s)).signal == "phi 8");
}

TEST_CASE("NFD-E ends a silence a margin after the last hello that it allows to be missing") {
    require_is(predict("chen-nfd-e", silence_after(0s)).after, 4.490, 4.516);
    require_is(predict("chen-nfd-e:count=1", silence_after(500ms)).after, 1.990, 2.014);
    CHECK(predict("chen-nfd-e", silence_after(0s)).signal == "2 hellos missing");
    CHECK(predict("chen-nfd-e:count=1", silence_after(0s)).signal == "1 hello missing");
}

TEST_CASE("Jacobson's deadline depends on how many hellos it has heard") {
    // Four intervals: 2 s + 4 x 1 s x 0.75^4.
    require_is(predict("jacobson", silence_after(0s)).after, 3.2556, 3.2796);
    Situation young = silence_after(0s);
    young.watch_before_fault = {2s, 2s};
    require_is(predict("jacobson", young).after, 4.990, 5.016);
    Situation old = silence_after(0s);
    old.watch_before_fault = {1h, 1h};
    require_is(predict("jacobson", old).after, 2.990, 3.014);
}

TEST_CASE("hellos keep their own beat while the client writes other frames") {
    const Situation s = silence_after(30ms, Traffic::receiving); // the last hello was 30 ms ago by the watch's clock
    require_is(predict("chen-nfd-e", s).after, 4.460, 4.496);
    Situation half = s;
    half.watch_before_fault = {9s, 9s};
    require_is(predict("chen-nfd-e", half).after, 3.490, 3.526);
}

TEST_CASE("a ping after silence counts its limit from the last message") {
    require_is(predict("read-idle-ping", silence_after(0s)).after, 10, 10.011);
    require_is(predict("read-idle-ping", silence_after(1500ms)).after, 8.5, 8.511);
    require_is(predict("read-idle-ping", silence_after(60ms, Traffic::receiving)).after, 9.94, 9.951);
    Situation reboot = silence_after(500ms);
    reboot.effect = Effect::reset_on_send;
    require_is(predict("read-idle-ping", reboot).after, 1.5, 1.503);
    CHECK(predict("read-idle-ping", reboot).signal == "recv: ECONNRESET");
    CHECK(predict("read-idle-ping", silence_after(0s)).signal == "no message for 10 s");
}

TEST_CASE("a ping that one's own writes put off is never sent by a busy server") {
    require_is(predict("ping-unless-busy", silence_after(500ms)).after, 11.5, 11.524);
    const Prediction busy = predict("ping-unless-busy", right_after(Effect::acknowledges_only, Truth::stuck, Traffic::sending));
    CHECK(busy.kind == Kind::never);
    CHECK(busy.rule.find("it never pings") != std::string::npos);
    CHECK(predict("read-idle-ping", right_after(Effect::acknowledges_only, Truth::stuck, Traffic::sending)).kind == Kind::window);
    // Its only write, 10 to 20 ms after the fault, begins the interval anew.
    require_is(predict("ping-unless-busy", silence_after(500ms, Traffic::one_write)).after, 12.010, 12.044);
    CHECK(predict("ping-unless-busy:interval=50ms,timeout=1s", right_after(Effect::acknowledges_only, Truth::stuck, Traffic::sending)).kind ==
          Kind::window);
}

TEST_CASE("a request deadline runs from the server's own message") {
    require_is(predict("request-deadline", silence_after(100ms, Traffic::request_response)).after, 9.9, 9.921);
    require_is(predict("request-deadline", silence_after(0s, Traffic::one_write)).after, 10.010, 10.041);
    CHECK(predict("request-deadline", silence_after(0s)).kind == Kind::never);
    CHECK(predict("request-deadline", silence_after(0s, Traffic::receiving)).kind == Kind::never);
}

TEST_CASE("a request deadline convicts a living client where nothing is answered") {
    for (const Traffic traffic : {Traffic::one_write, Traffic::sending, Traffic::in_flight}) {
        const Situation s = right_after(Effect::nothing, Truth::alive, traffic);
        CHECK(predict("request-deadline", s).outcome(s.truth, 80s) == Outcome::false_alarm);
    }
    for (const Traffic traffic : {Traffic::idle, Traffic::receiving, Traffic::request_response, Traffic::buffer_full}) {
        const Situation s = right_after(Effect::nothing, Truth::alive, traffic);
        CHECK(predict("request-deadline", s).outcome(s.truth, 80s) == Outcome::quiet);
    }
    const Situation s = right_after(Effect::nothing, Truth::alive, Traffic::request_response);
    CHECK(predict("request-deadline:timeout=100ms", s).outcome(s.truth, 80s) == Outcome::false_alarm);
    CHECK(predict("request-deadline:timeout=200ms", s).kind == Kind::unknown);
}

TEST_CASE("nobody of the protocol convicts a healthy client that reads, in any other traffic") {
    for (const std::string_view spec : all)
        for (int i = 0; i < traffic_count; ++i) {
            const auto traffic = static_cast<Traffic>(i);
            const Situation s = right_after(Effect::nothing, Truth::alive, traffic);
            if (spec == "request-deadline")
                continue;
            const bool pings = spec == "read-idle-ping" || spec == "ping-unless-busy";
            INFO(spec << ", " << info(traffic).name);
            CHECK(predict(spec, s).outcome(s.truth, 80s) ==
                  (pings && traffic == Traffic::buffer_full ? Outcome::false_alarm : Outcome::quiet));
        }
}

TEST_CASE("all of the protocol hear a goodbye at once") {
    for (const std::string_view spec : all)
        for (const Effect effect : {Effect::fin, Effect::half_close, Effect::reset}) {
            const Prediction p = predict(spec, right_after(effect, Truth::gone));
            INFO(spec << ", " << name(effect));
            REQUIRE(p.kind == Kind::window);
            CHECK(p.after == Window{0s, 10ms});
            CHECK(p.signal == (effect == Effect::reset ? "recv: ECONNRESET" : "recv: 0"));
        }
}

TEST_CASE("chance is not predicted, and what chance cannot reach within the horizon is") {
    Situation s = right_after(Effect::lossy, Truth::alive);
    s.loss_percent = 30;
    CHECK(predict("phi-accrual", s).kind == Kind::unknown);
    CHECK(predict("read-idle-ping", s).kind == Kind::unknown);
    s.horizon = 5s;
    CHECK(predict("read-idle-ping", s).kind == Kind::never);
}

TEST_CASE("half a second more each way is less than a wide margin, and more than a narrow one") {
    Situation s = right_after(Effect::slow, Truth::alive);
    s.slowest_way = 500ms;
    CHECK(predict("read-idle-ping", s).kind == Kind::never);
    CHECK(predict("chen-nfd-e:margin=5s", s).kind == Kind::never);
    CHECK(predict("phi-accrual:threshold=1", s).kind == Kind::unknown);
}

TEST_CASE("who is convicted at a hello's beat is a matter of moments") {
    const Situation s = right_after(Effect::nothing, Truth::alive);
    CHECK(predict("chen-nfd-e:margin=1ms,count=1", s).kind == Kind::unknown);
    CHECK(predict("phi-accrual:interval=20ms,threshold=1", s).kind == Kind::unknown);
}
