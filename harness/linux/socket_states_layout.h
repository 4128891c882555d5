#pragma once
// What socket_states.bpf.c and its reader share: C, and nothing but types that clang's BPF target knows.

#include <linux/types.h>

/// As many network namespaces as can be watched at once: every TCP socket of the machine is compared with them at
/// each of its changes of state, and that must stay cheap.
#define SOCKET_STATES_WATCHED 512

/// The one element of the map `control`. The program inside a namespace without privileges writes it as memory.
struct socket_states_control {
    __u64 lost;    ///< changes that found no room in the ring buffer
    __u32 watched; ///< so many elements of `inodes` are looked at
    __u32 inodes[SOCKET_STATES_WATCHED]; ///< of network namespaces; 0 for a free place
};

/// One record of the ring buffer.
struct socket_states_change {
    __u64 at_ns;    ///< bpf_ktime_get_ns(): CLOCK_MONOTONIC
    __u64 socket;   ///< the kernel's address of the socket: tells sockets apart, means nothing else
    __u32 inode;    ///< of its network namespace
    __u32 local_address, remote_address; ///< IPv4, as it stands in a packet
    __u16 local_port, remote_port;       ///< as it stands in a packet
    __s32 from, to; ///< TCP_ESTABLISHED, TCP_CLOSE_WAIT, ...
    __s32 error;    ///< sk_err: ECONNRESET, ETIMEDOUT, ..., or 0
};
