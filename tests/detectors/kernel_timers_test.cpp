// The kernel's patience by other means than a user timeout: tcp_retries2 of a namespace, TCP_RTO_MAX_MS of a
// socket, and the patience of send() itself.

#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/detectors/loopback.h"
#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::loopback;
using namespace halfopen::windows;
using namespace std::chrono_literals;
using Kind = Prediction::Kind;

TEST_CASE("a lowered tcp_retries2 is a time and no count, and 3 and 4 are the same") {
    // Measured from the write, which one-write makes 10 ms after the fault: 6.667, 6.714 s for 3, 6.851 s for 4,
    // 13.532 s for 5, 106.934 s for 8.
    for (const double measured : {6.667, 6.714})
        require_holds(silent_drop("retries2:count=3", Traffic::one_write).after, measured + 0.010);
    require_holds(silent_drop("retries2:count=4", Traffic::one_write).after, 6.851 + 0.010);
    require_holds(silent_drop("retries2:count=5", Traffic::one_write).after, 13.532 + 0.010);
    require_holds(silent_drop("retries2", Traffic::one_write).after, 106.934 + 0.010);
    CHECK(silent_drop("retries2:count=3").kind == Kind::never);
    CHECK(stopped("retries2:count=3", Traffic::one_write).kind == Kind::never);
    CHECK(make_detector("retries2:count=3")->timing().limit == 3s);
}

TEST_CASE("it holds for the connection of the method that asked for it, and no other") {
    const KernelFacts kernel;
    CHECK(kernel_for(*make_detector("retries2:count=3"), kernel).retries2 == 3);
    CHECK(kernel_for(*make_detector("recv"), kernel).retries2 == 15);
    CHECK(make_detector("retries2:count=3")->kernel_parameters() ==
          KernelParameters{{"net.ipv4.tcp_retries2", "3"}});
}

TEST_CASE("while the window is shut it is a count of unanswered probes") {
    Situation s = right_after(Effect::silence, Truth::unreachable, Traffic::buffer_full);
    s.watch_before_fault = {100ms, 100ms};
    // base x (2^(N+1) - 1) from the closing of the window, 3.06 s for 3 and one more doubling for each answered one.
    const Window after = predict("retries2:count=3", s).after;
    CHECK(after.from > 2500ms);
    CHECK(after.to < 8s);
}

TEST_CASE("a lower cap of the RTO shortens the budget, which is 14.4 s for 1 s") {
    CHECK(retransmission_budget(15, 1s) == 14400ms);
    CHECK(retransmission_budget(15, 10s) == 112600ms);
    // tcp_retries2 = 8, measured 7.823 s from the write (kernel-timing: budget 1.4 + 6 x 1 s).
    Situation s = right_after(Effect::silence, Truth::unreachable, Traffic::one_write);
    s.kernel.retries2 = 8;
    require_holds(predict("rto-max", s).after, 7.823 + 0.010);
    const Window after = silent_drop("rto-max", Traffic::one_write).after;
    CHECK(after.from > 14800ms);
    CHECK(after.to < 17s);
    CHECK(silent_drop("rto-max:interval=120s", Traffic::one_write).after == silent_drop("recv", Traffic::one_write).after);
    CHECK(silent_drop("rto-max").kind == Kind::never);
}

TEST_CASE("a send() that waits for room gives up on the living and the dead") {
    for (const Effect effect : {Effect::nothing, Effect::silence, Effect::half_close, Effect::acknowledges_only}) {
        Situation s = right_after(effect, Truth::alive, Traffic::buffer_full);
        const Prediction p = predict("send-timeout:timeout=5s", s);
        // Watching and waiting began 2 s before; the wheel adds a bucket.
        require_is(p.after, 3, 3.256);
        CHECK(p.signal == "send: EAGAIN");
    }
    CHECK(predict("send-timeout", right_after(Effect::fin, Truth::gone, Traffic::buffer_full)).after ==
          Window{0s, 10ms});
}

TEST_CASE("as long as the buffer has room a send deadline is a failing send() and no more") {
    CHECK(silent_drop("send-timeout", Traffic::one_write).kind == Kind::never);
    CHECK(predict("send-timeout", right_after(Effect::fin, Truth::gone, Traffic::sending)).after ==
          Window{100ms, 200ms});
    Situation s = right_after(Effect::silence, Truth::unreachable, Traffic::sending);
    CHECK(predict("send-timeout:timeout=5s", s).kind == Kind::unknown);
    s.horizon = 15s;
    CHECK(predict("send-timeout:timeout=5s", s).outcome(s.truth, s.horizon) == Outcome::missed);
}

TEST_CASE("a send deadline strikes at a client that does not read, signals or not") {
    Watched watched("send-timeout:timeout=300ms");
    const std::string block(4'000'000, 'x');
    watched.server().make_due(block + block);
    for (int i = 0; i < 10; ++i) {
        watched.signal();
        std::this_thread::sleep_for(50ms); // each of them would give send() its time anew
    }
    expect(watched, {"send-timeout", Verdict::gone, "send: EAGAIN"});
}

TEST_CASE("a send deadline reports the end of the connection") {
    Watched watched("send-timeout");
    watched.client_resets();
    std::this_thread::sleep_for(20ms);
    watched.server().make_due("x");
    expect(watched, {"send-timeout", Verdict::gone, "send: ECONNRESET"});
}

TEST_CASE("TCP_RTO_MAX_MS is set where the kernel has it") {
    if (const std::string why = make_detector("rto-max")->why_not_here(); !why.empty())
        HALFOPEN_SKIP(why);
    Watched watched("rto-max:interval=1500ms");
    int value = 0;
    socklen_t size = sizeof value;
    REQUIRE(getsockopt(watched.server().fd(), IPPROTO_TCP, 44, &value, &size) == 0);
    CHECK(value == 1500);
}
