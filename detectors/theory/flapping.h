#pragma once
// A path that is away and back by turns: nothing passes for a while, then everything, again and again.
//
// What is written while it is away is sent again with doubling gaps, and each of these tries falls somewhere in the turns.
// The first that must fall into a time when the path is back is the end of the waiting: over all moments at which the
// write can come, that is a bound, and no chance is in it.

#include "detectors/theory/socket_events.h"

namespace halfopen {

/// From a write to its acknowledgement, at most.
Duration held_up(const Situation&);

/// Whether `count` keepalive probes in a row may all be lost.
bool all_probes_may_be_lost(const Situation&, Duration interval, int count);

/// What happens on the socket.
SocketEvent flapping_path(const Situation&, const SocketTimers&, std::optional<Window> own_write);

} // namespace halfopen
