#pragma once
// Unacknowledged data: tail loss probe, retransmissions, and when the kernel gives the connection up.
//
// After a write that nobody acknowledges, a tail loss probe goes out (RFC 8985, 7), one RTO later the first
// retransmission, and then more with doubling gaps (RFC 6298, 5.5). Each time a retransmission timer fires,
// the kernel asks how long ago the *first* retransmission was, and gives up when that is TCP_USER_TIMEOUT or
// more, or, without one, a budget that it computes from tcp_retries2. It never counts retransmissions
// (net/ipv4/tcp_timer.c: tcp_write_timeout(), retransmits_timed_out(), tcp_model_timeout()). SO_KEEPALIVE
// plays no part in it.

#include "detectors/theory/situation.h"

namespace halfopen {

/// The budget: what `retries` doublings from 200 ms add up to, at most rto_max each. The base is the constant
/// TCP_RTO_MIN, whatever the real RTO (tcp_model_timeout()).
Duration retransmission_budget(int retries, Duration rto_max);

/// The RTO after so many equal round trips: the smoothed round trip, and the larger of its variation and
/// rto_min (RFC 6298, 2; net/ipv4/tcp_input.c: tcp_rtt_estimator()). The first sample counts twice itself as
/// variation, which is more than 200 ms where a round trip is more than 100 ms, and then shrinks by a quarter
/// at a time.
Duration retransmission_timeout(Duration round_trip, int samples, const KernelFacts&);

/// What the retransmission timers depend on.
struct Flight {
    KernelFacts kernel;
    Duration rto{0};
    Duration srtt{0};
    int segments = 1; ///< in flight; with one, the tail loss probe waits rto_min longer for a delayed ACK
    /// Writes follow each other and put the tail loss probe off, so that the first retransmission comes as
    /// early as one RTO after the write, or as late as after probe and RTO.
    bool crowded = false;
    IcmpAnswer icmp = {};    ///< a router answers what is sent, as far as its rate limit allows (icmp.h)
    Window after_fault = {}; ///< where it does: when the write came
};

/// The parts of the chain, in jiffies: the RTO after so many doublings (tcp_retransmit_timer()), and the wait for the tail
/// loss probe.
int64_t backed_off(const Flight&, int doublings);
int64_t tail_loss_probe(const Flight&);

/// From the write to the first segment that is sent again: the tail loss probe, or without it the
/// retransmission (net/ipv4/tcp_output.c: tcp_schedule_loss_probe()).
Window first_resend(const Flight&);

/// From the write to the n-th retransmission, n from 1. A tail loss probe is not counted (tcpi_retransmits).
Window retransmission(const Flight&, int n);

/// From the first retransmission to the end of the connection: user_timeout, or with zero the budget of
/// tcp_retries2. An exact run of the timer wheel over all phases.
Window giving_up(const Flight&, Duration user_timeout);

/// From the first retransmission to the last one before that end: a path that is healed later than this is
/// healed in vain, because nothing is sent any more between the last try and the end.
Window last_try(const Flight&, Duration user_timeout);

/// From the write to ETIMEDOUT.
Window unanswered_write(const Flight&, Duration user_timeout);

/// How often a write has been sent, at least, when `limit` has passed: itself, the tail loss probe, the
/// retransmissions.
int tries_within(const Flight&, Duration limit);

} // namespace halfopen
