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

/// The tick that ends the connection: not before `may`, not after `must`.
struct LastTick {
    int64_t may;
    int64_t must;
};
LastTick last_tick(Duration idle, Duration interval, int count, Duration user_timeout, int hz) {
    if (user_timeout == Duration::zero())
        return {count, count};
    // The earliest tick that can have reached the user timeout, and the earliest one that must have.
    int64_t may = 1;
    while (tick(idle, interval, may, hz).to < user_timeout)
        ++may;
    int64_t must = may;
    while (tick(idle, interval, must, hz).from < user_timeout)
        ++must;
    return {may, must};
}

} // namespace

Window first_probe(Duration idle, int hz) { return tick(idle, Duration{0}, 0, hz); }

Window keepalive_abort(Duration idle, Duration interval, int count, Duration user_timeout, int hz) {
    const LastTick n = last_tick(idle, interval, count, user_timeout, hz);
    const Window last = tick(idle, interval, n.must, hz);
    if (user_timeout == Duration::zero())
        return last;
    Duration latest = last.to;
    // The tick before was still too early, so no more than one interval can have passed since the limit.
    if (n.must > 1)
        latest = std::min(latest, user_timeout + timer(interval, hz).to);
    return {std::max(user_timeout, tick(idle, interval, n.may, hz).from),
            std::max(latest, tick(idle, interval, 1, hz).to)};
}

Window last_probe(Duration idle, Duration interval, int count, Duration user_timeout, int hz) {
    const LastTick n = last_tick(idle, interval, count, user_timeout, hz);
    return {tick(idle, interval, n.may - 1, hz).from, tick(idle, interval, n.must - 1, hz).to};
}

} // namespace halfopen
