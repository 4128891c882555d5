// A silence that ends. When what was lost is delivered, against times measured on 6.18 at HZ 250; when the healing comes too late, against net/ipv4/tcp_timer.c: tcp_keepalive_timer() and
// tcp_write_timeout(); and what that makes of each method.

#include "detectors/theory/outage.h"

#include "detectors/theory/keepalive.h"
#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::windows;
using Kind = Prediction::Kind;

namespace {

/// The path is silent for `length`, and then well; the last exchange was `before` the fault.
Situation outage_of(Duration length, Duration before = 0s, Traffic traffic = Traffic::idle) {
    Situation s = right_after(Effect::silence, Truth::alive, traffic);
    s.heals_after = length;
    s.segment_before_fault = s.message_before_fault = {before, before};
    return s;
}

} // namespace

TEST_CASE("a healed connection goes on at its next retransmission") {
    struct Row {
        Duration outage;
        double measured;
    };
    // Measured from the start of the command that cut the path; the write came up to 80 ms later.
    for (const Row& row : {Row{1s, 1.716}, Row{2s, 3.385}, Row{3300ms, 3.404}}) {
        INFO("an outage of " << row.outage / 1ms << " ms");
        require_holds(delivered(outage_of(row.outage), one_segment(), {0s, 80ms}), row.measured);
    }
}

TEST_CASE("the last try before the end is what the healing must not miss") {
    // TCP_USER_TIMEOUT 3 s: the last try was seen 3.34 s after the write, the end at 3.42 s.
    const Window last = retransmission(one_segment(), 1) + last_try(one_segment(), 3s);
    require_holds(last, 3.34);
    // Keepalive 2/1/3: healed at 3.5 s it survived, healed at 4.5 s it ended at 5.099 s all the same.
    require_is(last_probe(2s, 1s, 3, 0s, 250), 4.0, 4.096);
    CHECK(predict("keepalive:idle=2s,interval=1s,count=3", outage_of(3500ms)).kind == Kind::never);
    const Prediction p = predict("keepalive:idle=2s,interval=1s,count=3", outage_of(4500ms));
    REQUIRE(p.kind == Kind::window);
    require_holds(p.after, 5.099);
    CHECK(p.rule.find("last try") != std::string::npos);
    CHECK(predict("keepalive:idle=2s,interval=1s,count=3", outage_of(4030ms)).kind == Kind::unknown);
}

TEST_CASE("with a user timeout keepalive's last probe is the tick before its end") {
    // 2/1/3 and 4.5 s: the end comes with the tick at 5 s, the last probe with that at 4 s.
    require_is(last_probe(2s, 1s, 3, 4500ms, 250), 4.0, 4.096);
    // Below idle the first probe is the last.
    require_is(last_probe(2s, 1s, 3, 1s, 250), 2.0, 2.032);
}

TEST_CASE("where in the idle period an outage of half the limit falls decides about keepalive") {
    const std::string spec = "keepalive:idle=4s,interval=2s,count=3";
    for (const Duration before : {0s, 1s, 2s}) CHECK(predict(spec, outage_of(5s, before)).kind == Kind::never);
    for (const Duration before : {3500ms, 3900ms}) {
        const Prediction p = predict(spec, outage_of(5s, before));
        REQUIRE(p.kind == Kind::window);
        CHECK(p.after.from > 5s);
        CHECK(p.outcome(Truth::alive, 80s) == Outcome::false_alarm);
    }
    CHECK(predict("keepalive", outage_of(37500ms)).kind == Kind::never);
}

TEST_CASE("a client that writes wakes a healed link before keepalive's last probe") {
    CHECK(predict("keepalive:idle=4s,interval=2s,count=3", outage_of(5s, 20ms, Traffic::receiving)).kind == Kind::never);
}

TEST_CASE("an unanswered write survives an outage that a retransmission outlasts") {
    for (const std::string_view spec : {"recv", "keepalive", "user-timeout", "user-timeout:timeout=2s"})
        CHECK(predict(spec, outage_of(1s, 0s, Traffic::one_write)).kind == Kind::never);
    // Healed after the last try of a user timeout of 3 s, before its end.
    const Prediction p = predict("user-timeout:timeout=3s", outage_of(3395ms, 0s, Traffic::one_write));
    CHECK(p.kind == Kind::window);
    CHECK(predict("user-timeout:timeout=3s", outage_of(3s, 0s, Traffic::one_write)).kind == Kind::never);
}

TEST_CASE("a heartbeat waits for the client's retransmission, which may come later than its limit") {
    // The hello that is lost goes again after 0.2, 0.4, 0.8, 1.7, 3.3, 6.6 s.
    for (int before = 0; before < 2000; before += 100)
        CHECK(predict("heartbeat", outage_of(5s, before * 1ms)).kind == Kind::never);
    // At four places in the period; the last one with the time at which it was seen to happen. The third is so close
    // to the try 0.83 s after the hello that no rule decides.
    const std::string quick = "heartbeat:interval=500ms,timeout=2s";
    CHECK(predict(quick, outage_of(1s, 97ms)).kind == Kind::never);
    CHECK(predict(quick, outage_of(1s, 264ms)).kind == Kind::never);
    CHECK(predict(quick, outage_of(1s, 347ms)).kind == Kind::unknown);
    require_holds(predict(quick, outage_of(1s, 430ms)).after, 1.572);
    Situation any = outage_of(1s);
    any.message_before_fault = {0s, 500ms};
    CHECK(predict(quick, any).kind == Kind::unknown);
}

TEST_CASE("what is written after the healing is not lost, and nobody waits for its retransmission") {
    // The next hello leaves 836 ms after the fault; phi would be 1 at 0.954 s at the earliest.
    CHECK(predict("phi-accrual:interval=1s,threshold=1", outage_of(564ms, 164ms)).kind == Kind::never);
    // This one leaves while the path is silent, and is sent again at 1.04 s.
    CHECK(predict("phi-accrual:interval=1s,threshold=1", outage_of(864ms, 164ms)).kind == Kind::window);
}

TEST_CASE("a ping-pong waits for the server's own retransmission") {
    for (int before = 0; before < 2000; before += 100)
        CHECK(predict("ping-pong", outage_of(5s, before * 1ms)).kind == Kind::never);
    CHECK(predict("ping-pong:interval=500ms,timeout=2s", outage_of(1s, 430ms)).kind == Kind::window);
}

TEST_CASE("TCP_INFO's own limits strike before the healing, and only then") {
    const Prediction p = predict("tcp-info", outage_of(5s, 0s, Traffic::one_write));
    REQUIRE(p.kind == Kind::window);
    CHECK(p.signal == "TCP_INFO: 3 retransmits");
    CHECK(p.outcome(Truth::alive, 80s) == Outcome::false_alarm);
    CHECK(predict("tcp-info", outage_of(1s, 0s, Traffic::one_write)).kind == Kind::never);
    CHECK(predict("tcp-info", outage_of(5s)).kind == Kind::never);
}

TEST_CASE("send() goes on succeeding through an outage that is healed") {
    CHECK(predict("send-error", outage_of(5s, 0s, Traffic::sending)).kind == Kind::never);
}

TEST_CASE("a process that goes on answers at once, without waiting for a retransmission") {
    for (int before = 0; before < 2000; before += 100)
        for (const std::string_view spec : {"heartbeat", "ping-pong"}) {
            Situation s = outage_of(5s, before * 1ms);
            s.effect = Effect::acknowledges_only;
            CHECK(predict(spec, s).kind == Kind::never);
        }
    // What an outage of 2.1 s does to a limit of 2.5 s, by the gaps of the retransmissions, a pause of 2.1 s does not.
    const std::string spec = "heartbeat:interval=500ms,timeout=2500ms";
    Situation pause = outage_of(2100ms, 100ms);
    CHECK(predict(spec, pause).kind != Kind::never);
    pause.effect = Effect::acknowledges_only;
    CHECK(predict(spec, pause).kind == Kind::never);
    // Stopped for longer than the limit, it is convicted.
    pause.heals_after = 3s;
    CHECK(predict(spec, pause).outcome(Truth::alive, 80s) == Outcome::false_alarm);
    // Its kernel was there all the time.
    for (const std::string_view kernel : {"recv", "keepalive", "keepalive:idle=4s,interval=2s,count=3", "tcp-info"})
        CHECK(predict(kernel, pause).kind == Kind::never);
}
