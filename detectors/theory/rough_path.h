#pragma once
// A path that is slow, or loses packets by chance: nothing is broken, and yet timers run.
//
// Whoever waits longer than the slowest answer never errs on a slow path. On a lossy one everybody errs who
// waits for a limited number of tries: each of them is unanswered when the segment or its answer is lost.

#include <string>

#include "detectors/theory/socket_events.h"

namespace halfopen {

/// True where nothing is lost for good and all is late: a slow path, and one that flaps.
inline bool is_late(const Situation& s) { return s.effect == Effect::slow || s.effect == Effect::flapping; }

/// From a segment that the server writes to its acknowledgement, at most: there, back, and a delayed ACK.
Duration slowest_answer(const Situation&);

/// How long new data may wait behind a retransmission that the slowness caused: until the answer to what was
/// sent first (tcp_enter_loss() leaves a window of one segment).
Duration slowest_message(const Situation&);

/// How likely it is that a try stays unanswered: the segment is lost, or its answer.
double unanswered(const Situation&);
/// That so many tries in a row do, in words: "13 %", "0.02 %".
std::string chance_of(const Situation&, int tries);
/// What takes at least this long cannot happen while the trial is watched.
bool beyond_horizon(const Situation&, Duration after);

/// What happens on the socket.
SocketEvent slow_path(const Situation&, const SocketTimers&, std::optional<Window> own_write);
SocketEvent lossy_path(const Situation&, const SocketTimers&, std::optional<Window> own_write);

} // namespace halfopen
