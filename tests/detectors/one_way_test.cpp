// Only what the server sends is lost. When the client's last message arrives, against the retransmission timers that
// RFC 6298 and net/ipv4/tcp_input.c: tcp_enter_loss() leave it; when keepalive ends a connection whose client is heard,
// against a time measured on 6.18 at HZ 250.

#include "detectors/theory/one_way.h"

#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::windows;
using Kind = Prediction::Kind;

namespace {

Situation unheard_server(Traffic traffic, Duration before = 0s) {
    Situation s = right_after(Effect::silence, Truth::unreachable, traffic);
    s.client_is_heard = true;
    s.segment_before_fault = s.message_before_fault = {before, before};
    return s;
}

} // namespace

TEST_CASE("a client that says hello every 2 s is heard once more") {
    const Situation s = unheard_server(Traffic::idle);
    CHECK(last_message_heard(s, {500ms, 500ms}, 2s) == Window{-1510ms, -1490ms});
    CHECK(last_message_heard(s, {0s, 2060ms}, 2s) == Window{-2010ms, 0s});
}

TEST_CASE("a client that writes every 100 ms is heard until its first retransmission timer fires") {
    // One RTO after its first unanswered write, or a tail loss probe and an RTO: 204 to 420 ms.
    const Window last = last_message_heard(unheard_server(Traffic::receiving), {70ms, 70ms}, 100ms);
    CHECK(last == Window{-440ms, -220ms});
}

TEST_CASE("keepalive counts from each retransmission of a client that is heard") {
    const Prediction p = predict("keepalive:idle=2s,interval=1s,count=3", unheard_server(Traffic::receiving));
    REQUIRE(p.kind == Kind::window);
    require_holds(p.after, 12.010);
    CHECK(p.signal == "recv: ETIMEDOUT");
    // 60/5/3 waits for a gap longer than its 75 to 77.8 s, which is that of 104 s.
    const Prediction notes = predict("keepalive", unheard_server(Traffic::receiving));
    REQUIRE(notes.kind == Kind::window);
    CHECK(notes.after.from > 170s);
    CHECK(notes.after.to < 190s);
    // No gap is clearly longer than the default's 2 h 11 min, because none exceeds 120 s.
    CHECK(predict("keepalive:idle=2h,interval=75s,count=9", unheard_server(Traffic::receiving)).kind == Kind::unknown);
}

TEST_CASE("on an idle link nothing is heard of a client that says nothing") {
    for (const Traffic traffic : {Traffic::idle, Traffic::one_write, Traffic::sending})
        for (const std::string_view spec : {"recv", "keepalive", "user-timeout", "tcp-info", "ping-pong"}) {
            Situation deaf = unheard_server(traffic);
            deaf.client_is_heard = false;
            CHECK(predict(spec, unheard_server(traffic)).after == predict(spec, deaf).after);
        }
}

TEST_CASE("the answer to a request that still arrives is what stays unanswered") {
    const Situation s = unheard_server(Traffic::request_response, 70ms);
    const Prediction p = predict("user-timeout", s);
    REQUIRE(p.kind == Kind::window);
    // The next request comes 70 to 130 ms after the fault; see the user timeout of a single write.
    require_is(p.after, 10.416 + 0.060, 10.672 + 0.140);
    CHECK(predict("tcp-info", s).kind == Kind::window);
    CHECK(predict("keepalive", s).after.from > 900s);
}

TEST_CASE("what was in flight had arrived, and its delayed acknowledgement still comes") {
    const Situation s = unheard_server(Traffic::in_flight);
    for (const std::string_view spec : {"recv", "user-timeout", "tcp-info"}) CHECK(predict(spec, s).kind == Kind::never);
    // Keepalive counts from that acknowledgement, up to 200 ms after the fault (TCP_DELACK_MAX, include/net/tcp.h).
    CHECK(predict("keepalive", s).after == Window{75s, 77816ms + 200ms});
}
