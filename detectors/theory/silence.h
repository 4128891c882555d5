#pragma once
// A client that says nothing any more: what the server's own timers find out.

#include "detectors/theory/socket_events.h"

namespace halfopen {

/// No packet passes (Effect::silence): keepalive, retransmission or persist timer, whichever is armed.
SocketEvent silent(const Situation&, const SocketTimers&, std::optional<Window> own_write);

/// Nothing comes until the server sends a segment, and that is answered by RST (Effect::reset_on_send).
SocketEvent reset_when_asked(const Situation&, const SocketTimers&, std::optional<Window> own_write);

} // namespace halfopen
