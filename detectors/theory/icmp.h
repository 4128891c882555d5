#pragma once
// A router that refuses: ICMP errors as answers to what is sent.
//
// An established connection does not end by one. TCP keeps it as a soft error, and goes on trying (RFC 1122, 4.2.3.9;
// RFC 5461); the timeout that ends the connection at last carries it in place of ETIMEDOUT. Two of the errors, "network
// unreachable" and "host unreachable", even make it try faster: they prove that no congestion lost the segment, and each
// takes back one doubling of the RTO (RFC 6069; net/ipv4/tcp_ipv4.c: tcp_ld_RTO_revert()). That re-arming does not know
// TCP_USER_TIMEOUT, so the end comes up to one RTO late.
//
// How many are answered is the router's affair: Linux sends one host at most six errors in a row and then one in a second
// (net.ipv4.icmp_ratelimit; net/ipv4/icmp.c: icmpv4_xrlim_allow(), net/ipv4/inetpeer.c: inet_peer_xrlim_allow()). An
// error of a route is paid for twice from the same account, once in net/ipv4/route.c: ip_error(), so that two in a row are
// all there are, and none as long as packets come in every second.

// A router that has forgotten where the client is looks for it first: it asks three times by ARP, a second apart, and what
// is to be passed on waits meanwhile (net/core/neighbour.c: neigh_timer_handler()). When nobody answers, all that waits is
// answered at once by "host unreachable" (net/ipv4/arp.c: arp_error_report()), and the next segment makes it look anew.
// How many errors come together depends on what waits, so after the first of them there are only bounds: each can make a
// retransmission come earlier than it would in silence, and none later.

#include <string>

#include "detectors/theory/retransmission.h"

namespace halfopen {

/// From the write to its n-th retransmission, and from the first one to the end of the connection: as retransmission()
/// and giving_up(), where the answers undo the doubling.
Window answered_retransmission(const Flight&, int n);
Window answered_giving_up(const Flight&, Duration user_timeout);

/// From the write to the first error that finds the socket unlocked. The one that answers the write itself does not: on
/// this lab's cables it comes back before send() has returned (LINUX_MIB_LOCKDROPPEDICMPS).
Window first_icmp_error(const Flight&);

/// The same to the first that is kept as a soft error, locked or not. SO_ERROR tells, and clears, that one too
/// (net/core/sock.c: sk_getsockopt()).
Window first_soft_error(const Flight&);

/// The bounds of the same where the router answers late.
Window late_answered_retransmission(const Flight&, int n);
Window late_answered_giving_up(const Flight&, Duration user_timeout);

/// What ends the connection: the router's error, or ETIMEDOUT when none of its answers came; 0 when either may be.
int error_after_icmp(const Flight&, Duration user_timeout);

/// What the rules add in words: after a timeout of data, and of keepalive probes, whose number the router quotes in vain.
std::string say_soft(const IcmpAnswer&);
std::string say_out_of_window();

} // namespace halfopen
