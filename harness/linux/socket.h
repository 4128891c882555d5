#pragma once
// TCP sockets of the current network namespace.

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "harness/base/address.h"
#include "harness/linux/fd.h"

namespace halfopen {

/// Listens on the endpoint (SO_REUSEADDR).
Fd tcp_listen(Endpoint, int backlog = 8);
/// Bound and not connected; then connects it, or begins to and does not wait for the answer. It blocks afterwards.
Fd tcp_bound(Endpoint);
void connect_to(const Fd&, Endpoint);
void begin_to_connect(const Fd&, Endpoint);
/// Connects; blocks until it is done (tcp_syn_retries).
Fd tcp_connect(Endpoint);
/// The same, and gives up after so long; the socket is blocking afterwards.
Fd tcp_connect(Endpoint, Duration within);
/// Accepts one connection.
Fd tcp_accept(const Fd& listener);

/// A UDP socket that sends to the endpoint.
Fd udp_connect(Endpoint);

/// The address and port that it is bound to (getsockname(2)).
Endpoint local_end(const Fd& socket);

/// The endpoint that it is connected to (getpeername(2)).
Endpoint other_end(const Fd& socket);

/// A socket option that is an int; SystemError names it.
void set_option(int fd, int level, int option, int value, const char* name);
int get_option(int fd, int level, int option, const char* name);

/// TCP_RTO_MAX_MS: the longest gap between two retransmissions, from kernel 6.15 (include/uapi/linux/tcp.h). Debian 12's
/// headers do not have it yet.
inline constexpr int tcp_rto_max_ms = 44;

/// Makes close() send an RST instead of a FIN (SO_LINGER with a time of zero, socket(7)).
void linger_zero(int fd);
/// Back to the default: close() sends a FIN and the kernel goes on delivering.
void linger_off(int fd);

/// Closes a TCP socket without a word to the other end: in repair mode tcp_close() frees the socket and sends
/// nothing. What a power cut and reboot does to a host's memory. Needs CAP_NET_ADMIN in the namespace.
void forget(Fd& socket);

} // namespace halfopen
