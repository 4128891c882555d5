#include "detectors/theory/wheel.h"

namespace halfopen {

namespace {
constexpr int64_t ns_per_second = 1'000'000'000;
constexpr int64_t last_slot = 63; // LVL_SIZE - 1
constexpr int widest_level = 8;   // LVL_DEPTH is 9 for HZ above 100, 8 below; no TCP timer reaches either
} // namespace

int64_t to_jiffies(Duration d, int hz) {
    // In two parts, because 1000 h in nanoseconds times HZ 1000 leaves 64 bits.
    const int64_t seconds = d.count() / ns_per_second;
    const int64_t rest = d.count() % ns_per_second;
    return seconds * hz + (rest * hz + ns_per_second - 1) / ns_per_second;
}

Duration from_jiffies(int64_t jiffies, int hz) {
    return Duration{jiffies / hz * ns_per_second + jiffies % hz * ns_per_second / hz};
}

int64_t bucket_width(int64_t delay) {
    int64_t width = 1;
    for (int level = 0; level < widest_level && delay >= last_slot * width; ++level)
        width *= 8;
    return width;
}

int64_t fires_at(int64_t now, int64_t delay) {
    const int64_t width = bucket_width(delay);
    return ((now + delay) / width + 1) * width;
}

Duration granularity(Duration d, int hz) { return from_jiffies(bucket_width(to_jiffies(d, hz)), hz); }

Window timer(Duration d, int hz) { return {d, d + granularity(d, hz)}; }

Window from_event(Window from_jiffy, int hz) {
    return {from_jiffy.from - from_jiffies(1, hz), from_jiffy.to};
}

} // namespace halfopen
