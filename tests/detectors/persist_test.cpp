// A shut window, against net/ipv4/tcp_timer.c: tcp_probe_timer(), and against times measured on 6.18 at HZ
// 250.

#include "detectors/theory/persist.h"

#include "tests/detectors/windows.h"

using namespace halfopen;
using namespace halfopen::windows;
using namespace std::chrono_literals;

TEST_CASE("zero-window probes begin after an RTO and double") {
    CHECK(persist_tick(one_segment(), 0) == Window{204ms, 208ms});
    require_holds(persist_tick(one_segment(), 1), 0.62);
    require_holds(persist_tick(one_segment(), 2), 1.45);
}

TEST_CASE("a user timeout ends a shut window although its probes are answered") {
    const Window w = persist_abort(one_segment(), 3s);
    require_is(w, 3.208, 3.212);
    for (const double measured : {3.212, 3.215, 3.218})
        require_holds(w, measured);
}

TEST_CASE("unanswered zero-window probes are counted") {
    require_is(persist_tick(one_segment(), 3), 3.112, 3.144);
    require_holds(persist_tick(one_segment(), 3), 3.141);
    require_is(persist_tick(one_segment(), 15), 937.48, 939.528);
}

TEST_CASE("probes before the fault were answered and do not count") {
    const ProbesBefore none = probes_before(one_segment(), {100ms, 150ms});
    CHECK(none.least == 0);
    CHECK(none.most == 0);
    const ProbesBefore three = probes_before(one_segment(), {2s, 2s});
    CHECK(three.least == 3);
    CHECK(three.most == 3);
    const ProbesBefore one_or_two = probes_before(one_segment(), {500ms, 1s});
    CHECK(one_or_two.least == 1);
    CHECK(one_or_two.most == 2);
}

TEST_CASE("a probe that comes less than 500 ms after an answered one is not answered") {
    const auto answered = [](Duration closed_before) { return answered_before(one_segment(), {closed_before, closed_before}); };
    CHECK(answered(100ms).most == 0);
    CHECK(answered(500ms).least == 1); // sent at 0.21 s
    CHECK(answered(1s).most == 1);     // the second, at 0.62 s, is not answered
    CHECK(answered(2s).least == 3);    // the third, at 1.46 s, is
    CHECK(answered(4s).least == 4);
    CHECK(answered_before(one_segment(), {500ms, 2s}).least == 1);
    CHECK(answered_before(one_segment(), {500ms, 2s}).most == 3);
    Flight far = one_segment(); // the gap after the first is 600 ms
    far.rto = 300ms;
    CHECK(answered_before(far, {1s, 1s}).least == 2);
}

TEST_CASE("a lowered tcp_retries2 bounds the gaps between zero-window probes too") {
    Flight f = one_segment();
    f.kernel.retries2 = 3;
    // Measured with tcp_retries2 = 3, a RTO of 208 ms and a path that was cut some 1.1 s after the closing: the
    // first probe was answered, three were not, and the end came 4.65 to 4.8 s after the closing.
    f.rto = 208ms;
    CHECK(answered_before(f, {1100ms, 1100ms}).least == 1);
    // 0.208 + 0.416 + 0.832 + 1.664 + 1.664 s, and the wheel's 32 ms for each but the first.
    require_is(persist_tick(f, 1 + 3), 4.784 + 0.100, 4.784 + 0.132);
    f.kernel.retries2 = 2;
    require_is(persist_tick(f, 1 + 2), 2.288 + 0.068, 2.288 + 0.100);
}
