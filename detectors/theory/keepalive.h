#pragma once
// SO_KEEPALIVE: when the first probe goes out, and when unanswered probes end the connection.
//
// The clock is the last segment received, data or ACK; what we send does not count. While any data is
// unacknowledged or unsent, the timer only re-arms itself: keepalive is off (net/ipv4/tcp_timer.c:
// tcp_keepalive_timer(); RFC 9293, 3.8.4; RFC 1122, 4.2.3.6).

#include "harness/base/time.h"

namespace halfopen {

/// From the last segment received to the first probe: the idle time, late by one bucket of the timer wheel.
Window first_probe(Duration idle, int hz);

/// From the last segment received to ETIMEDOUT, no probe being answered. Without a user timeout after `count`
/// probes: idle + count x interval. With one the count is ignored: the first tick at which the silence has
/// reached the user timeout and at least one probe is out.
Window keepalive_abort(Duration idle, Duration interval, int count, Duration user_timeout, int hz);

/// From the last segment received to the last probe before that end.
Window last_probe(Duration idle, Duration interval, int count, Duration user_timeout, int hz);

} // namespace halfopen
