#pragma once
// Before accept() and after close(): what the server's kernel does with a connection that no program holds.

#include "detectors/theory/situation.h"

namespace halfopen {

/// How often a SYN is answered again (net.ipv4.tcp_synack_retries).
inline constexpr int synack_retries = 5;

/// From the SYN to the n-th time that the kernel sends its answer again, n from 1 to `synack_retries`: after 1 s, and then with doubling gaps
/// (net/ipv4/inet_connection_sock.c: reqsk_timer_handler()).
Window synack_resent(const KernelFacts&, int n);
/// From the SYN to the end of the half-made connection: when the timer fires after net.ipv4.tcp_synack_retries (5) of them,
/// 63 s by the sum. Nobody is told.
Window synack_given_up(const KernelFacts&);

/// From close() to the n-th retransmission of what it left behind, its FIN at the least.
Window orphan_resends(const Situation&, int n);
/// Whichever of the two it is: from the fault to the n-th time that something is sent again. Nothing where no timer runs.
std::optional<Window> sent_again(const Situation&, int n);

/// From close() to the end of an orphan that nobody answers. net.ipv4.tcp_orphan_retries is 0, which means 8 while the RTO
/// is below its most (net/ipv4/tcp_timer.c: tcp_orphan_retries(), tcp_write_timeout()).
Window orphan_given_up(const Situation&);
/// From close() to the end of one whose FIN was acknowledged and whose client's FIN does not come: net.ipv4.tcp_fin_timeout,
/// 60 s (net/ipv4/tcp_input.c: tcp_rcv_state_process(); RFC 9293 has no such limit).
Window orphan_waits_for_fin(const KernelFacts&);

} // namespace halfopen
