// What every method is predicted to say, cell by cell where it matters.

#include "support/catch.h"

#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::windows;
using namespace std::chrono_literals;
using Kind = Prediction::Kind;

namespace {

const std::vector<std::string_view> laws_1_to_3 = {
    "recv-as-stated", "recv", "tcp-info-as-stated", "tcp-info",      "select-as-stated",
    "select",         "poll", "epoll-edge-rdhup",   "recv-any-error"};

} // namespace

TEST_CASE("every method has a reason for every effect under every traffic") {
    for (const Method* method : methods())
        for (int effect = 0; effect < 10; ++effect)
            for (int traffic = 0; traffic < traffic_count; ++traffic) {
                Situation s =
                    right_after(static_cast<Effect>(effect), Truth::gone, static_cast<Traffic>(traffic));
                s.slowest_way = 500ms;
                s.loss_percent = 30;
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
