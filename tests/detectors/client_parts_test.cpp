// A part of the client fails and the rest goes on, it is slow, or it says goodbye and cannot be asked any more: what each
// method makes of it.

#include "support/catch.h"
#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using Kind = Prediction::Kind;

namespace {

Situation parted(GoesOn goes_on, Traffic traffic = Traffic::idle) {
    Situation s = right_after(Effect::acknowledges_only, Truth::stuck, traffic);
    s.goes_on = goes_on;
    return s;
}

Situation hung(Traffic traffic = Traffic::idle) { return parted(GoesOn::threads, traffic); }
Situation deaf(Traffic traffic = Traffic::idle) { return parted(GoesOn::writing, traffic); }

Situation shut_down(Traffic traffic = Traffic::idle) {
    return right_after(Effect::fin_then_silence, Truth::gone, traffic);
}

} // namespace

TEST_CASE("whoever listens to hellos hears nothing of a worker that hangs") {
    for (const char* spec : {"heartbeat", "chen-nfd-e", "jacobson", "phi-accrual"}) {
        INFO(spec);
        CHECK(stopped(spec).kind == Kind::window);
        CHECK(predict(spec, hung()).kind == Kind::never);
        CHECK(predict(spec, deaf()).kind == Kind::never);
    }
    for (const char* spec : {"ping-pong", "read-idle-ping", "ping-unless-busy"}) {
        INFO(spec);
        CHECK(predict(spec, hung()).kind == Kind::window);
        CHECK(predict(spec, deaf()).kind == Kind::window);
    }
}

TEST_CASE("a pong proves the life of whoever says it") {
    const char* spec = "ping-pong:answered-by=thread";
    CHECK(predict(spec, hung()).kind == Kind::never);
    CHECK(predict(spec, deaf()).kind == Kind::window); // Nobody reads its ping.
    CHECK(stopped(spec).kind == Kind::window);
    CHECK(predict(spec, hung(Traffic::buffer_full)).kind == Kind::window);
}

TEST_CASE("the worker's messages end with it, and those of a client that only reads no more go on") {
    for (const char* spec : {"recv-timeout:timeout=1s", "recv-as-stated:timeout=1s"}) {
        INFO(spec);
        CHECK(predict(spec, hung(Traffic::receiving)).kind == Kind::window);
        CHECK(predict(spec, deaf(Traffic::receiving)).kind == Kind::never);
    }
    CHECK(predict("request-deadline", hung(Traffic::request_response)).kind == Kind::window);
    CHECK(predict("request-deadline", deaf(Traffic::request_response)).kind == Kind::never);
    CHECK(predict("read-idle-ping", deaf(Traffic::receiving)).kind == Kind::never);
}

TEST_CASE("answers that nobody reads fill a buffer of unknown size") {
    for (const Traffic traffic : {Traffic::sending, Traffic::request_response}) {
        CHECK(predict("user-timeout", deaf(traffic)).kind == Kind::unknown);
        CHECK(predict("siocoutq", deaf(traffic)).kind == Kind::unknown);
        CHECK(predict("recv", deaf(traffic)).kind == Kind::never);
    }
    CHECK(predict("user-timeout", hung(Traffic::request_response)).kind == Kind::never); // It asks nothing more.
}

TEST_CASE("a window that a trickle may open is predicted only as long as it must be shut") {
    Situation s = right_after(Effect::nothing, Truth::alive, Traffic::buffer_full);
    s.reads_per_second = 100; // A segment of 1448 bytes takes 14.48 s.
    CHECK(predict("user-timeout:timeout=5s", s).kind == Kind::window);
    CHECK(predict("user-timeout:timeout=60s", s).kind == Kind::unknown);
    CHECK(predict("siocoutq:timeout=5s", s).kind == Kind::window);
    CHECK(predict("siocoutq:timeout=60s", s).kind == Kind::unknown);
    CHECK(predict("notsent-bytes:timeout=60s", s).kind == Kind::unknown);
    CHECK(predict("heartbeat", s).kind == Kind::never);
    s.reads_per_second = 0;
    CHECK(predict("user-timeout:timeout=60s", s).kind == Kind::window);
}

TEST_CASE("a client that hardly runs is late by its pauses and no more") {
    Situation s = right_after(Effect::nothing, Truth::alive);
    s.pauses = 250ms;
    CHECK(predict("heartbeat:interval=1s,timeout=2s", s).kind == Kind::never);
    CHECK(predict("heartbeat:interval=1s,timeout=1200ms", s).kind == Kind::unknown);
    CHECK(predict("ping-pong:interval=1s,timeout=1200ms", s).kind == Kind::unknown);
    CHECK(predict("phi-accrual:interval=1s,threshold=1", s).kind == Kind::unknown);
    CHECK(predict("phi-accrual:interval=1s,threshold=8", s).kind == Kind::never);
    CHECK(predict("user-timeout:timeout=1s", s).kind == Kind::never);
}

TEST_CASE("a FIN with nobody behind it is an end of file, and no question gets a RST") {
    CHECK(predict("recv", shut_down()).verdict == Verdict::eof);
    CHECK(predict("recv", shut_down(Traffic::buffer_full)).signal == "recv: ECONNRESET");
    const Prediction asked = predict("eof-then-write:timeout=1s", shut_down());
    CHECK(asked.verdict == Verdict::eof);
    CHECK(asked.after.from >= 1s);
    CHECK(predict("poll-nothing", shut_down()).kind == Kind::never);
    const Prediction written = predict("poll-nothing", shut_down(Traffic::one_write));
    REQUIRE(written.kind == Kind::window); // tcp_retries2 = 15: 924.6 s from the first retransmission.
    CHECK(written.after.from > 920s);
    CHECK(written.signal == "poll: POLLHUP");
    CHECK(predict("send-error", shut_down(Traffic::sending)).after.from > 900s);
    CHECK(predict("siocoutq:timeout=5s", shut_down(Traffic::one_write)).kind == Kind::window);
}
