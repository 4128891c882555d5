#pragma once
// A closed window: the persist timer sends zero-window probes (RFC 9293, 3.8.6.1).
//
// While nothing is in flight and unsent data waits for a window, the kernel probes after max(RTO, 200 ms),
// then with gaps that double, tcp_retries2 times at most. A client whose kernel answers may keep the window closed for ever: without
// TCP_USER_TIMEOUT only tcp_retries2 *unanswered* probes end the connection. With it the connection ends that
// long after the first probe, even though every probe was answered (net/ipv4/tcp_timer.c: tcp_probe_timer();
// include/net/tcp.h: tcp_probe0_when()).

#include <optional>
#include <string>
#include <vector>

#include "detectors/theory/retransmission.h"

namespace halfopen {

/// From the closing of the window to each of the first `count` probes of the persist timer.
std::vector<Window> persist_ticks(const Flight&, int count);
/// The same for probe i, i from 0.
Window persist_tick(const Flight&, int i);

/// From the closing of the window to ETIMEDOUT by the user timeout, answered or not.
Window persist_abort(const Flight&, Duration user_timeout);

/// The soonest, from the fault, that a client which reads a little can open its shut window: not before it has read the
/// first segment in its queue, which is a full one since the server filled the window in long writes. A segment's memory
/// is free when all of it is read (tcp_recvmsg_locked(), sk_eat_skb()). Nothing for a client that reads nothing.
std::optional<Duration> window_may_open(const Situation&);
std::string may_open_first(Duration opens);


/// How many probes were sent before the fault, which came `closed_before` after the closing of the window: the
/// least and the most that is possible.
struct ProbesBefore {
    int least = 0;
    int most = 0;
};
ProbesBefore probes_before(const Flight&, Window closed_before);

/// The number of the last one of them that was answered, from 1. Those after it count as unanswered at the fault
/// already: the client's kernel answers a probe at most every 500 ms (net/ipv4/tcp_input.c:
/// tcp_oow_rate_limited()), so the second one, which comes 0.4 s after the first, never is.
ProbesBefore answered_before(const Flight&, Window closed_before);

} // namespace halfopen
