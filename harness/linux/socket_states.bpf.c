// Runs in the kernel at every change of state of a TCP socket and at every retransmission, and reports those of the
// watched network namespaces.
//
// It hangs on the tracepoints tcp:tcp_retransmit_skb and sock:inet_sock_set_state by BTF (tp_btf): fentry is refused by some kernels. The kernel
// calls it before it stores the new state (inet_sk_state_store()), in the softirq that took the FIN or the RST, or in
// the timer that gave up. sk_err is set by then: tcp_reset(), tcp_write_err() and, where there is one,
// tcp_done_with_error() write it before they call tcp_done().

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "harness/linux/socket_states_layout.h"

// As much of the kernel's types as is read here. libbpf finds the true offsets in the running kernel's BTF by the names
// of the fields (CO-RE), so that no vmlinux.h of some other kernel has to be kept.
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
    unsigned int inum;
};

struct net {
    struct ns_common ns;
};

typedef struct {
    struct net* net;
} possible_net_t;

struct sock_common {
    __be32 skc_daddr;
    __be32 skc_rcv_saddr;
    __be16 skc_dport;
    unsigned char skc_state;
    possible_net_t skc_net;
};

struct sock {
    struct sock_common __sk_common;
    __u16 sk_protocol;
    int sk_err;
};

struct inet_sock {
    __be16 inet_sport;
};

struct tcp_sock {
    __u32 snd_una;
};

#pragma clang attribute pop

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, SOCKET_STATES_PLACES);
    __type(key, __u32);
    __type(value, struct socket_states_place);
} places SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, SOCKET_STATES_COMMON_BYTES);
} common SEC(".maps");

struct own_ring {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 64 * 1024); // The true ones are made by the program, as small as a page.
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, SOCKET_STATES_RINGS);
    __type(key, __u32);
    __array(values, struct own_ring);
} rings SEC(".maps");

/// The place of this socket's namespace; null when it is not watched, or the socket is not one of those.
static __always_inline struct socket_states_place* place_of(const struct sock* sk, __u16 local_port) {
    const __u32 inode = sk->__sk_common.skc_net.net->ns.inum;
    for (__u32 i = 0; i < SOCKET_STATES_NEAR; ++i) {
        const __u32 key = (inode + i) % SOCKET_STATES_PLACES;
        struct socket_states_place* place = bpf_map_lookup_elem(&places, &key);
        if (place && place->inode == inode) return place->local_port == 0 || place->local_port == local_port ? place : 0;
    }
    return 0;
}

static __always_inline void report(struct socket_states_place* place, const struct sock* sk, __u64 now, __u16 local_port,
                                   int from, int to) {
    const __s32 number = place->ring;
    const __u32 key = number;
    if (number == SOCKET_STATES_NONE) return;
    void* ring = number == SOCKET_STATES_COMMON ? (void*)&common : bpf_map_lookup_elem(&rings, &key);
    if (!ring) return;
    struct socket_states_change change = {};
    change.at_ns = now;
    change.socket = (__u64)sk;
    change.inode = place->inode;
    change.local_address = sk->__sk_common.skc_rcv_saddr;
    change.remote_address = sk->__sk_common.skc_daddr;
    change.local_port = local_port;
    change.remote_port = sk->__sk_common.skc_dport;
    change.from = from;
    change.to = to;
    change.error = sk->sk_err;
    change.acknowledged = BPF_CORE_READ((const struct tcp_sock*)sk, snd_una);
    if (bpf_ringbuf_output(ring, &change, sizeof change, 0) != 0) __sync_fetch_and_add(&place->lost, 1);
}

/// skc_num is 0 by now on the way to TCP_CLOSE (tcp_set_state() gives the port back first); inet_sport stays.
static __always_inline __u16 port_of(const struct sock* sk) { return BPF_CORE_READ((const struct inet_sock*)sk, inet_sport); }

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_set_state, const struct sock* sk, int from, int to) {
    const __u64 now = bpf_ktime_get_ns();
    if (sk->sk_protocol != 6 /* IPPROTO_TCP: <netinet/in.h> is not for this target */) return 0;
    const __u16 port = port_of(sk);
    struct socket_states_place* place = place_of(sk, port);
    if (!place) return 0;
    if (to == 8 /* TCP_CLOSE_WAIT */ && place->fin_at_ns == 0) place->fin_at_ns = now;
    if (to == 7 /* TCP_CLOSE */ && sk->sk_err != 0 && place->end_at_ns == 0) {
        place->error = sk->sk_err;
        place->end_at_ns = now;
    }
    report(place, sk, now, port, from, to);
    return 0;
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(on_retransmit, const struct sock* sk) {
    const __u64 now = bpf_ktime_get_ns();
    const __u16 port = port_of(sk);
    struct socket_states_place* place = place_of(sk, port);
    const __u8 state = sk->__sk_common.skc_state;
    if (place && place->ring != SOCKET_STATES_COMMON) report(place, sk, now, port, state, state);
    return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL"; // The helpers that read kernel memory ask for one that suits the GPL.
