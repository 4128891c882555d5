// Runs in the kernel at every change of state of a TCP socket, and reports those of the watched network namespaces.
//
// It hangs on the tracepoint sock:inet_sock_set_state by BTF (tp_btf): fentry is refused by some kernels. The kernel
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

#pragma clang attribute pop

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct socket_states_control);
} control SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 * 1024); // bytes: some 4,000 changes
} changes SEC(".maps");

static __always_inline int is_watched(const struct socket_states_control* known, __u32 inode) {
    const __u32 watched = known->watched;
    for (__u32 i = 0; i < SOCKET_STATES_WATCHED; ++i) {
        if (i >= watched) return 0;
        if (known->inodes[i] == inode) return 1;
    }
    return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_set_state, const struct sock* sk, int from, int to) {
    const __u64 now = bpf_ktime_get_ns();
    if (sk->sk_protocol != 6 /* IPPROTO_TCP: <netinet/in.h> is not for this target */) return 0;
    const __u32 zero = 0, inode = sk->__sk_common.skc_net.net->ns.inum;
    struct socket_states_control* known = bpf_map_lookup_elem(&control, &zero);
    if (!known || !is_watched(known, inode)) return 0;
    struct socket_states_change* change = bpf_ringbuf_reserve(&changes, sizeof *change, 0);
    if (!change) {
        __sync_fetch_and_add(&known->lost, 1);
        return 0;
    }
    change->at_ns = now;
    change->socket = (__u64)sk;
    change->inode = inode;
    change->local_address = sk->__sk_common.skc_rcv_saddr;
    change->remote_address = sk->__sk_common.skc_daddr;
    // skc_num is 0 by now on the way to TCP_CLOSE (tcp_set_state() gives the port back first); inet_sport stays.
    change->local_port = BPF_CORE_READ((const struct inet_sock*)sk, inet_sport);
    change->remote_port = sk->__sk_common.skc_dport;
    change->from = from;
    change->to = to;
    change->error = sk->sk_err;
    bpf_ringbuf_submit(change, 0);
    return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL"; // The helpers that read kernel memory ask for one that suits the GPL.
