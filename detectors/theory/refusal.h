#pragma once
// The server's own host does not let its packets leave: no route, a link that is down, a queueing discipline without room.
//
// What is written then was never sent, so nothing is in flight and no retransmission timer runs: the persist timer does,
// as for a shut window, and tries again (net/ipv4/tcp_output.c: tcp_write_xmit(), tcp_check_probe_timer()). A refusal that
// is an error counts as a probe that nobody answered, and the gaps double. One that is "local congestion", NET_XMIT_DROP,
// is tried again every half second (tcp_send_probe0(), TCP_RESOURCE_PROBE_INTERVAL), and a keepalive probe that is
// refused so is not counted at all (tcp_keepalive_timer()).

#include "detectors/theory/socket_events.h"

namespace halfopen {

inline bool is_refused(const Situation& s) { return s.particulars.refusal != Refusal::none; }

/// What happens on the socket.
SocketEvent refused(const Situation&, const SocketTimers&, std::optional<Window> own_write);

/// When the server writes after the fault, and nothing of it can leave; nothing when it does not write, or when what it
/// wrote before is still in flight.
std::optional<Window> refused_write_of(const Situation&, std::optional<Window> own_write = std::nullopt);

/// From a refused write to the n-th time that the persist timer tries it again, n from 1: tcpi_probes is n then.
Window refused_try(const Situation&, int n);

/// From a write that was in flight to the n-th expiry of its retransmission timer: tcpi_retransmits is n then.
Window refused_retransmission(const Situation&, int n);

} // namespace halfopen
