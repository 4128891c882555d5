// The timer wheel, against the levels of kernel/time/timer.c ("HZ 1000 steps" and its kin in the comment
// there, with LVL_CLK_SHIFT 3 and 64 buckets a level) and against measured lateness.

#include "detectors/theory/wheel.h"

#include "tests/detectors/windows.h"

using namespace halfopen;
using namespace halfopen::windows;
using namespace std::chrono_literals;

TEST_CASE("a duration becomes jiffies by rounding up") {
    CHECK(to_jiffies(204ms, 250) == 51);
    CHECK(to_jiffies(201ms, 250) == 51);
    CHECK(to_jiffies(200ms, 250) == 50);
    CHECK(to_jiffies(1ns, 250) == 1);
    CHECK(to_jiffies(0ns, 250) == 0);
    CHECK(to_jiffies(1000h, 1000) == 3'600'000'000);
    CHECK(from_jiffies(51, 250) == 204ms);
    CHECK(from_jiffies(300, 300) == 1s);
}

TEST_CASE("the granularity follows the levels of the wheel") {
    struct Row {
        int hz;
        Duration below, at; // the last timer of a level, and the first of the next
        Duration fine, coarse;
    };
    const Row rows[] = {{250, 248ms, 252ms, 4ms, 32ms},         {250, 2012ms, 2016ms, 32ms, 256ms},
                        {250, 16124ms, 16128ms, 256ms, 2048ms}, {250, 129020ms, 129024ms, 2048ms, 16384ms},
                        {100, 620ms, 630ms, 10ms, 80ms},        {100, 5030ms, 5040ms, 80ms, 640ms},
                        {100, 40310ms, 40320ms, 640ms, 5120ms}, {1000, 62ms, 63ms, 1ms, 8ms},
                        {1000, 503ms, 504ms, 8ms, 64ms},        {1000, 4031ms, 4032ms, 64ms, 512ms},
                        {1000, 32255ms, 32256ms, 512ms, 4096ms}};
    for (const Row& row : rows) {
        INFO("HZ " << row.hz << ", " << row.at.count() << " ns");
        CHECK(granularity(row.below, row.hz) == row.fine);
        CHECK(granularity(row.at, row.hz) == row.coarse);
    }
}

TEST_CASE("a keepalive idle time of two hours is late by minutes, depending on HZ") {
    CHECK(granularity(2h, 250) == 131072ms);
    CHECK(granularity(2h, 100) == 327680ms);
    CHECK(granularity(2h, 1000) == 262144ms);
    CHECK(granularity(2h, 300) / 1s == 873);
}

TEST_CASE("a timer fires late by one jiffy up to its bucket, and never early") {
    for (const int64_t delay : {1, 62, 63, 504, 1250, 4032, 15000, 30000})
        for (int64_t now = 0; now < 600; ++now) {
            const int64_t late = fires_at(now, delay) - now - delay;
            CHECK(late >= 1);
            CHECK(late <= bucket_width(delay));
        }
}

TEST_CASE("once on the grid, the following timers are no longer a matter of chance") {
    // At HZ 250: 1 s takes 1.024 s, 75 s 75.776 s, 120 s 120.832 s, 1.632 s 1.664 s, 13.056 s 13.312 s.
    const auto step = [](Duration d, int64_t grid) {
        return from_jiffies(fires_at(grid, to_jiffies(d, 250)) - grid, 250);
    };
    CHECK(step(1s, 8 * 7) == 1024ms);
    CHECK(step(75s, 512 * 3) == 75776ms);
    CHECK(step(120s, 512 * 3) == 120832ms);
    CHECK(step(1632ms, 8 * 7) == 1664ms);
    CHECK(step(13056ms, 64 * 5) == 13312ms);
}

TEST_CASE("a timer is never off by more than 12.7 percent beyond the shortest") {
    for (int64_t delay = 63; delay < 40'000; delay += 7)
        CHECK(bucket_width(delay) <= 0.1271 * static_cast<double>(delay));
}
