// Keepalive, against net/ipv4/tcp_timer.c: tcp_keepalive_timer(), and against times measured on 6.18 at HZ
// 250 in network namespaces ("idle/interval/count", from the last segment received).

#include "detectors/theory/keepalive.h"

#include "tests/detectors/windows.h"

using namespace halfopen;
using namespace halfopen::windows;
using namespace std::chrono_literals;

TEST_CASE("unanswered keepalive ends after idle plus count times interval") {
    const Window w = keepalive_abort(60s, 5s, 3, 0s, 250);
    CHECK(w.from == 75s);
    CHECK(w.to == 77816ms);
    CHECK(first_probe(60s, 250) == Window{60s, 62048ms});
}

TEST_CASE("measured ends of unanswered keepalive lie in the window") {
    const Window w = keepalive_abort(2s, 1s, 3, 0s, 250);
    CHECK(w.to <= 5128ms);
    for (const double measured :
         {5.075, 5.077, 5.079, 5.081, 5.086, 5.088, 5.090, 5.092, 5.095, 5.098, 5.103})
        require_holds(w, measured);
    require_holds(keepalive_abort(1s, 1s, 1, 0s, 250), 2.004);
}

TEST_CASE("the first probe of a two second idle time goes out when it was measured to") {
    for (const double measured : {2.007, 2.011, 2.032})
        require_holds(first_probe(2s, 250), measured);
    for (const double late : {0.011, 0.134, 0.259})
        require_holds(first_probe(3s, 250), 3 + late);
    for (const double late : {0.001, 0.991, 2.005})
        require_holds(first_probe(20s, 250), 20 + late);
}

TEST_CASE("the system's defaults end after two hours eleven minutes and up to minutes more") {
    struct Row {
        int hz;
        double least, most; // over all phases, by running the wheel
    };
    for (const Row& row :
         {Row{250, 7882, 8013}, Row{100, 7891, 8219}, Row{300, 7876, 8749}, Row{1000, 7900, 8163}}) {
        const Window w = keepalive_abort(2h, 75s, 9, 0s, row.hz);
        INFO("HZ " << row.hz);
        CHECK(w.from == 7875s);
        CHECK(w.from <= seconds(row.least));
        CHECK(w.to >= seconds(row.most));
        CHECK(w.to - w.from < w.to / 5);
    }
}

TEST_CASE("with a user timeout the probe count is ignored") {
    struct Row {
        Duration user_timeout;
        double from, measured;
    };
    for (const Row& row : {Row{1s, 3, 3.030}, Row{3s, 3, 3.042}, Row{4500ms, 5, 5.075}, Row{9s, 9, 9.178}}) {
        const Window w = keepalive_abort(2s, 1s, 3, row.user_timeout, 250);
        CHECK(w.from == seconds(row.from));
        require_holds(w, row.measured);
    }
}

TEST_CASE("a user timeout below the idle time still waits for one unanswered probe") {
    CHECK(keepalive_abort(60s, 5s, 3, 1s, 250).from == 65s);
}

TEST_CASE("a user timeout of idle plus count times interval ends like keepalive alone") {
    const Window w = keepalive_abort(60s, 5s, 3, 75s, 250);
    CHECK(w.from == 75s);
    CHECK(w.to == 77816ms);
}

TEST_CASE("lateness of the idle time can bring the user timeout one probe nearer, but never before itself") {
    // Ticks at 60 .. 62.048 s and then every 1 to 1.032 s: the first at or after 63.5 s.
    const Window w = keepalive_abort(60s, 1s, 3, 63500ms, 250);
    CHECK(w.from == 63500ms);
    CHECK(w.to <= 64532ms);
    CHECK(w.to >= 64s);
}
