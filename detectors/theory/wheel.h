#pragma once
// The kernel's timer wheel, and why long timers are late.
//
// Linux keeps timers in levels of 64 buckets. Level n holds timers of up to 63 * 8^n jiffies and has buckets
// that are 8^n jiffies wide, and a timer fires at the end of its bucket: never early, and late by one jiffy
// up to the width of a bucket, which is at worst 12.7 % of what was asked for (kernel/time/timer.c:
// calc_wheel_index(), calc_index()). TCP's keepalive, retransmission and persist timers all live there, and
// so does SO_RCVTIMEO.

#include <algorithm>
#include <cstdint>
#include <limits>

#include "harness/base/time.h"

namespace halfopen {

/// The longest that a receiver holds back an ACK (TCP_DELACK_MAX), and the shortest timer that a socket is given
/// (TCP_TIMEOUT_MIN); both include/net/tcp.h.
inline constexpr Duration delayed_ack_most = std::chrono::milliseconds{200};
inline constexpr int64_t shortest_jiffies = 2;

/// Jiffies that a timer of `d` is asked for: rounded up, as usecs_to_jiffies() does.
int64_t to_jiffies(Duration d, int hz);
Duration from_jiffies(int64_t jiffies, int hz);

/// The width in jiffies of the bucket that a timer of `delay` jiffies falls into (calc_wheel_index()).
int64_t bucket_width(int64_t delay);

/// The jiffy at which a timer fires that was armed at jiffy `now` for `delay` jiffies (calc_index()).
int64_t fires_at(int64_t now, int64_t delay);

/// How late a timer of `d` can be.
Duration granularity(Duration d, int hz);

/// When a timer of `d` fires, from its arming: [d, d + granularity].
Window timer(Duration d, int hz);

/// Runs `chain`, which takes the jiffy of its start and gives the jiffy of its end, over all places that the
/// start can have in a bucket of the longest timer used, and returns the earliest and the latest length. Once
/// one timer has fired, the next one starts on the grid of the first, so this is much narrower than a sum of
/// lateness.
template <typename Chain> Window over_phases(int hz, Duration longest, Chain chain) {
    const int64_t places = bucket_width(to_jiffies(longest, hz));
    int64_t least = std::numeric_limits<int64_t>::max();
    int64_t most = 0;
    for (int64_t start = 0; start < places; ++start) {
        const int64_t length = chain(start) - start;
        least = std::min(least, length);
        most = std::max(most, length);
    }
    return {from_jiffies(least, hz), from_jiffies(most, hz)};
}

/// The same for a chain that begins with an event between two jiffies, a write for example: the kernel dates
/// it from the jiffy before, so that all comes up to one jiffy sooner.
Window from_event(Window from_jiffy, int hz);

} // namespace halfopen
