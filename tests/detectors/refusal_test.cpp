// The server's own host refuses to send: against times measured on 6.18 at HZ 250 with a user timeout of 3 s, and against
// net/ipv4/tcp_timer.c: tcp_probe_timer(), tcp_keepalive_timer().

#include "detectors/theory/refusal.h"

#include <cerrno>

#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::windows;
using Kind = Prediction::Kind;

namespace {

Situation refusing(Refusal refusal, Traffic traffic) {
    Situation s = right_after(Effect::silence, Truth::unreachable, traffic);
    s.particulars = {.refusal = refusal, .refusal_error = refusal == Refusal::error ? ENETUNREACH : 0};
    if (traffic == Traffic::in_flight) s.unacked = 1;
    return s;
}

Prediction without_route(std::string_view spec, Traffic traffic) {
    return predict(spec, refusing(Refusal::error, traffic));
}

Prediction dropped(std::string_view spec, Traffic traffic) { return predict(spec, refusing(Refusal::drop, traffic)); }

} // namespace

TEST_CASE("a write that finds no route waits for the persist timer, and a user timeout counts from its first try") {
    const Prediction p = without_route("user-timeout:timeout=3s", Traffic::one_write);
    REQUIRE(p.kind == Kind::window);
    CHECK(p.signal == "recv: ETIMEDOUT");
    require_holds(p.after, 0.010 + 3.212);
    require_holds(p.after, 0.010 + 3.218);
    // 15 tries: 937.5 to 939.5 s.
    require_holds(without_route("recv", Traffic::one_write).after, 938.5);
}

TEST_CASE("what was in flight when the route went ends with the route's error, counted from the write") {
    const Prediction p = without_route("user-timeout:timeout=3s", Traffic::in_flight);
    REQUIRE(p.kind == Kind::window);
    CHECK(p.signal == "recv: ENETUNREACH");
    require_holds(p.after, 3.005);
    require_holds(p.after, 3.020);
    CHECK(p.after.to < 3100ms);
}

TEST_CASE("keepalive probes without a route count as unanswered, probes that the own qdisc drops do not") {
    require_holds(without_route("keepalive:idle=2s,interval=1s,count=3", Traffic::idle).after, 5.095);
    CHECK(dropped("keepalive:idle=2s,interval=1s,count=3", Traffic::idle).kind == Kind::never);
    CHECK(dropped("keepalive+user-timeout:idle=2s,interval=1s,count=3", Traffic::idle).kind == Kind::never);
}

TEST_CASE("TCP_INFO shows a refused write as zero-window probes, and its bytes as never sent") {
    CHECK(without_route("tcp-info", Traffic::one_write).signal == "TCP_INFO: 3 probes");
    CHECK(without_route("tcp-info", Traffic::in_flight).signal == "TCP_INFO: 3 retransmits");
    CHECK(without_route("notsent-bytes:timeout=5s", Traffic::one_write).kind == Kind::window);
    CHECK(silent_drop("notsent-bytes:timeout=5s", Traffic::one_write).kind == Kind::never);
}

TEST_CASE("local congestion is tried every half second, so 15 tries are eight seconds and not a quarter of an hour") {
    const Prediction p = dropped("recv", Traffic::one_write);
    REQUIRE(p.kind == Kind::window);
    // 0.204 s, then 15 half seconds of 125 to 128 jiffies, and the wheel's grid.
    CHECK(p.after.from >= 7700ms);
    CHECK(p.after.to <= 8s);
}
