#pragma once
// A client that says nothing any more: what the server's own timers find out.

#include "detectors/theory/socket_events.h"

namespace halfopen {

/// No packet passes (Effect::silence): keepalive, retransmission or persist timer, whichever is armed.
SocketEvent silent(const Situation&, const SocketTimers&, std::optional<Window> own_write);

/// Its two parts. Keepalive, with or without a user timeout (tcp_keepalive_timer()) ...
SocketEvent probes_unanswered(const Situation&, const SocketTimers&);
/// ... and unacknowledged data, with or without one (tcp_write_timeout()); `write` is from the fault.
SocketEvent data_unanswered(const Situation&, const SocketTimers&, Window write);

/// Since the last segment, for keepalive. With it a client that was well has answered a probe after every
/// idle time, so no more than that can have passed.
Window last_segment(const Situation&, const SocketTimers&);

/// Nothing comes until the server sends a segment, and that is answered by RST (Effect::reset_on_send).
SocketEvent reset_when_asked(const Situation&, const SocketTimers&, std::optional<Window> own_write);

} // namespace halfopen
