// A path that is away and back by turns, and a server that sleeps itself: whom they convict, against the gaps of TCP's
// retransmissions at HZ 250 (0.2, 0.4, 0.8, 1.7 s).

#include "detectors/theory/flapping.h"

#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using Kind = Prediction::Kind;

namespace {

Situation flapping(Duration away, Duration back, Traffic traffic = Traffic::idle) {
    Situation s = right_after(Effect::flapping, Truth::alive, traffic);
    s.particulars = {.away = away, .every = away + back};
    return s;
}

Situation asleep(Duration d, Traffic traffic = Traffic::idle) {
    Situation s = right_after(Effect::nothing, Truth::alive, traffic);
    s.particulars = {.server_stopped = true};
    s.heals_after = d;
    return s;
}

} // namespace

TEST_CASE("a write is held up until the first try that must fall into a time when the path is back") {
    CHECK(held_up(flapping(1100ms, 1100ms)) > 1600ms);
    CHECK(held_up(flapping(1100ms, 1100ms)) < 1750ms);
    CHECK(held_up(flapping(500ms, 1700ms)) < 900ms);
    CHECK(held_up(flapping(10s, 10ms)) > 20s); // hardly ever back
}

TEST_CASE("probes that are as far apart as the turns may all be lost, others not") {
    CHECK_FALSE(all_probes_may_be_lost(flapping(1100ms, 1100ms), 1s, 3));
    CHECK(all_probes_may_be_lost(flapping(1100ms, 1100ms), 1s, 1));
    CHECK(all_probes_may_be_lost(flapping(500ms, 524ms), 1s, 3));
    CHECK(predict("keepalive:idle=2s,interval=1s,count=3", flapping(1100ms, 1100ms)).kind == Kind::never);
    CHECK(predict("keepalive:idle=2s,interval=1s,count=3", flapping(500ms, 524ms)).kind == Kind::unknown);
}

TEST_CASE("nobody whose limit is above the turns is predicted to convict") {
    for (const std::string_view spec : {"recv", "heartbeat:interval=1s,timeout=5s", "ping-pong:interval=1s,timeout=5s",
                                        "user-timeout:timeout=5s", "siocoutq:timeout=5s"}) {
        INFO(spec);
        CHECK(predict(spec, flapping(1100ms, 1100ms, Traffic::one_write)).kind == Kind::never);
    }
    CHECK(predict("heartbeat:interval=1s,timeout=2s", flapping(1100ms, 1100ms)).kind == Kind::unknown);
}

TEST_CASE("a server that slept convicts those whom it has not asked, and nobody who spoke by himself") {
    for (const std::string_view spec : {"ping-pong:interval=1s,timeout=5s", "read-idle-ping:idle=2s,timeout=5s"}) {
        INFO(spec);
        const Prediction p = predict(spec, asleep(7500ms));
        REQUIRE(p.kind == Kind::window);
        CHECK(p.after.from == 7500ms);
        CHECK(predict(spec, asleep(2s)).kind == Kind::never);
    }
    for (const std::string_view spec : {"heartbeat:interval=1s,timeout=5s", "ping-unless-busy:interval=1s,timeout=5s", "recv",
                                        "keepalive:idle=2s,interval=1s,count=3", "jacobson:interval=1s"})
        CHECK(predict(spec, asleep(7500ms)).kind == Kind::never);
    CHECK(predict("read-idle-ping:idle=2s,timeout=5s", asleep(7500ms, Traffic::receiving)).kind == Kind::never);
}

TEST_CASE("a signal that waits with the FIN is what recv() says first") {
    Situation s = right_after(Effect::fin, Truth::gone);
    s.particulars = {.signal_pending = true};
    CHECK(predict("recv-any-error", s).signal == "recv: EINTR");
    CHECK(predict("recv", s).signal == "recv: 0");
    CHECK(predict("recv-as-stated", s).signal == "recv: 0");
}
