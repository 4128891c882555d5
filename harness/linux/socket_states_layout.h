#pragma once
// What socket_states.bpf.c and its readers share: C, and nothing but types that clang's BPF target knows.

#include <linux/types.h>

/// As many network namespaces as can be watched at once, and how many places an inode may be away from its own: every
/// TCP socket of the machine looks there at each of its changes of state, and that must stay cheap.
#define SOCKET_STATES_PLACES 4096
#define SOCKET_STATES_NEAR 16

/// As many of them as can have a ring buffer of their own.
#define SOCKET_STATES_RINGS 4096

/// Which ring takes the reports of a namespace; from 0 on they are rings of one namespace each.
#define SOCKET_STATES_COMMON (-1)
#define SOCKET_STATES_COMMON_BYTES (256 * 1024) ///< some 3,000 changes
#define SOCKET_STATES_NONE (-2)

/// A watched network namespace; the place of an inode is its last bits, or one of the next. The program inside a
/// namespace without privileges writes it as memory.
struct socket_states_place {
    __u32 inode;      ///< of the network namespace; 0 for a free place
    __s32 ring;       ///< takes the reports
    __u16 local_port; ///< as it stands in a packet: only sockets with it; 0 for all
    __s32 error;      ///< with which the first of them ended
    __u64 fin_at_ns;  ///< when the first FIN came, bpf_ktime_get_ns(); 0 until then
    __u64 end_at_ns;  ///< when the first of them ended, not because its program said so
    __u64 lost;       ///< reports that found no room
};

/// One record of a ring buffer.
struct socket_states_change {
    __u64 at_ns;    ///< bpf_ktime_get_ns(): CLOCK_MONOTONIC
    __u64 socket;   ///< the kernel's address of the socket: tells sockets apart, means nothing else
    __u32 inode;    ///< of its network namespace
    __u32 local_address, remote_address; ///< IPv4, as it stands in a packet
    __u16 local_port, remote_port;       ///< as it stands in a packet
    __s32 from, to; ///< TCP_ESTABLISHED, TCP_CLOSE_WAIT, ...; the same when it is a retransmission
    __s32 error;    ///< sk_err: ECONNRESET, ETIMEDOUT, ..., or 0
    __u32 acknowledged; ///< snd_una: the first sequence number that is not acknowledged
};
