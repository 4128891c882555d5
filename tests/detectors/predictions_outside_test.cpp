// What the methods that look from outside the socket, at the host or into the kernel, are predicted to say.

#include "support/catch.h"

#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::windows;
using namespace std::chrono_literals;
using Kind = Prediction::Kind;

namespace {

constexpr Effect all_effects[] = {Effect::nothing, Effect::signals,       Effect::fin,   Effect::half_close,
                                  Effect::reset,   Effect::silence,       Effect::reset_on_send,
                                  Effect::acknowledges_only, Effect::slow, Effect::lossy};

} // namespace

TEST_CASE("a socket is announced when its own server closes it, whatever has become of the client") {
    for (const Effect effect : all_effects)
        for (const Traffic traffic : {Traffic::idle, Traffic::one_write, Traffic::sending, Traffic::buffer_full})
            CHECK(predict("diag-destroy-events", right_after(effect, Truth::gone, traffic)).kind == Kind::never);
}

TEST_CASE("the host's own link is well, whatever breaks behind it") {
    for (const Effect effect : all_effects)
        CHECK(predict("link-events", right_after(effect, Truth::gone, Traffic::sending)).kind == Kind::never);
}

TEST_CASE("the host counts timeouts when the third retransmission timer has fired, and no goodbyes") {
    // The third after 1.63 to 1.71 s (tcp_info.md), the write 10 to 20 ms after the fault, a look a second.
    const Prediction p = silent_drop("nstat", Traffic::one_write);
    require_is(p.after, 1.666, 2.708);
    CHECK(p.signal == "nstat: 3 TCPTimeouts within 10 s");
    CHECK(silent_drop("nstat").kind == Kind::never);
    CHECK(silent_drop("nstat", Traffic::receiving).kind == Kind::never);
    CHECK(reboot("nstat", Traffic::one_write).kind == Kind::never);
    CHECK(stopped("nstat", Traffic::sending).kind == Kind::never);
    for (const Effect effect : {Effect::fin, Effect::half_close, Effect::reset})
        CHECK(predict("nstat", right_after(effect, Truth::gone, Traffic::sending)).kind == Kind::never);
}

TEST_CASE("timeouts whose gaps have grown beyond what is compared are no alarm, and the end of the connection is") {
    // The eighth comes 51 s after the first, the fifth 6 s after it.
    CHECK(silent_drop("nstat:count=5,within=10s", Traffic::one_write).kind == Kind::window);
    const Prediction never_so_many = silent_drop("nstat:count=8,within=10s", Traffic::one_write);
    CHECK(never_so_many.signal == "nstat: TCPAbortOnTimeout"); // 15 min 38 s later
    CHECK(never_so_many.after.from > 900s);
    CHECK(silent_drop("nstat:count=5,within=7s", Traffic::one_write).kind == Kind::unknown);
}

TEST_CASE("the kernel says what recv() would, and with the errno") {
    const Prediction fin = predict("bpf-state", right_after(Effect::fin, Truth::gone));
    CHECK(fin.verdict == Verdict::eof);
    CHECK(fin.signal == "inet_sock_set_state: CLOSE_WAIT");
    CHECK(predict("bpf-state", right_after(Effect::reset, Truth::gone)).signal == "inet_sock_set_state: ECONNRESET");
    CHECK(silent_drop("bpf-state").kind == Kind::never);
    CHECK(silent_drop("bpf-state", Traffic::one_write).after.from > 900s);
    CHECK(stopped("bpf-state", Traffic::sending).kind == Kind::never);
}

TEST_CASE("the first retransmission is the tail loss probe, unless the writer has something new for it") {
    // Probe 0.204 s after the write (+ a jiffy), then the timer's at 0.41, 0.82, 1.63 s; the write 10 to 20 ms after the
    // fault.
    require_is(silent_drop("bpf-retransmit:count=1", Traffic::one_write).after, 0.214, 0.228);
    require_is(silent_drop("bpf-retransmit", Traffic::one_write).after, 1.666, 1.708);
    CHECK(silent_drop("bpf-retransmit", Traffic::one_write).signal == "tcp_retransmit_skb: 4 in a row");
    CHECK(silent_drop("bpf-retransmit", Traffic::sending).after.from > 3s);
    CHECK(silent_drop("bpf-retransmit").kind == Kind::never);
    CHECK(reboot("bpf-retransmit", Traffic::one_write).kind == Kind::never);
    Situation s = right_after(Effect::silence, Truth::unreachable, Traffic::one_write);
    s.kernel.tail_loss_probe = false;
    CHECK(predict("bpf-retransmit", s).after.from > 3s);
}

TEST_CASE("the retransmission that is answered after the healing is heard like the others") {
    Situation s = right_after(Effect::silence, Truth::alive, Traffic::one_write);
    s.heals_after = 1s; // after the third, before the fourth
    CHECK(predict("bpf-retransmit", s).outcome(s.truth, 15s) == Outcome::false_alarm);
    CHECK(predict("bpf-retransmit:count=5", s).kind == Kind::never);
    CHECK(predict("tcp-info:retransmits=3", s).kind == Kind::never);
    CHECK(predict("nstat", s).outcome(s.truth, 15s) == Outcome::false_alarm);
    CHECK(predict("nstat:count=4", s).kind == Kind::never);
}

TEST_CASE("on a lossy path the timeouts of several writes add up, and on a slow one there are none") {
    Situation s = right_after(Effect::lossy, Truth::alive, Traffic::sending);
    s.loss_percent = 1;
    CHECK(predict("nstat", s).kind == Kind::unknown);
    s.traffic = Traffic::idle;
    CHECK(predict("nstat", s).kind == Kind::never);
    s = right_after(Effect::slow, Truth::alive, Traffic::sending);
    s.slowest_way = 1ms;
    CHECK(predict("nstat", s).kind == Kind::never);
    s.slowest_way = 500ms;
    CHECK(predict("nstat", s).kind == Kind::unknown);
}

TEST_CASE("a path that is healed before the count is reached convicts nobody") {
    Situation s = right_after(Effect::silence, Truth::alive, Traffic::one_write);
    s.heals_after = 500ms;
    CHECK(predict("nstat", s).kind == Kind::never);
    s.heals_after = 5s;
    CHECK(predict("nstat", s).outcome(s.truth, 15s) == Outcome::false_alarm);
}
