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
