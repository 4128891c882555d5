#pragma once
// Only what the server sends is lost: the client goes on being heard, and is never told.
//
// What the client writes after the fault arrives, but the acknowledgement does not. So its kernel sends it again, with
// doubling gaps (RFC 6298, 5.5), and from its first retransmission timer on sends nothing new: the window is one
// segment, and that is in flight (tcp_enter_loss()). The server's program hears the client's last message less than a
// second after the fault; the server's kernel hears segments for minutes.

#include "detectors/theory/socket_events.h"

namespace halfopen {

/// From the last message that arrives to the fault, so negative: the last one before it was `before`, and the client
/// writes every `beat`.
Window last_message_heard(const Situation&, Window before, Duration beat);

/// When the next request arrives, which the server answers in vain.
Window next_request(const Situation&);

/// Keepalive counts from the last segment, and every retransmission of the client's is one. It ends the connection in
/// the first of the client's growing gaps that is longer than its whole patience.
SocketEvent probes_between_retransmissions(const Situation&, const SocketTimers&);

} // namespace halfopen
