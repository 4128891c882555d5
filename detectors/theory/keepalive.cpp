#include "detectors/theory/keepalive.h"

#include "detectors/theory/wheel.h"

namespace halfopen {

namespace {

/// Tick n of the keepalive timer, from the last segment received: tick 0 sends the first probe. Every stage
/// is late by its own bucket.
Window tick(Duration idle, Duration interval, int64_t n, int hz) {
    const Window first = timer(idle, hz);
    const Window step = timer(interval, hz);
    return {first.from + n * step.from, first.to + n * step.to};
}

} // namespace

Window first_probe(Duration idle, int hz) { return tick(idle, Duration{0}, 0, hz); }

Window keepalive_abort(Duration idle, Duration interval, int count, Duration user_timeout, int hz) {
    if (user_timeout == Duration::zero())
        return tick(idle, interval, count, hz);
    // The earliest tick that can have reached the user timeout, and the earliest one that must have.
    int64_t may = 1;
    while (tick(idle, interval, may, hz).to < user_timeout)
        ++may;
    int64_t must = may;
    while (tick(idle, interval, must, hz).from < user_timeout)
        ++must;
    const Window last = tick(idle, interval, must, hz);
    Duration latest = last.to;
    // The tick before was still too early, so no more than one interval can have passed since the limit.
    if (must > 1)
        latest = std::min(latest, user_timeout + timer(interval, hz).to);
    return {std::max(user_timeout, tick(idle, interval, may, hz).from),
            std::max(latest, tick(idle, interval, 1, hz).to)};
}

} // namespace halfopen
