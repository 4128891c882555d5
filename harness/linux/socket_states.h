#pragma once
// The instants at which the kernel itself changed the state of a TCP connection: when it took a FIN or an RST, when it
// gave up waiting, when the program closed. An eBPF program on the tracepoint sock:inet_sock_set_state stamps them.
//
// Loading it needs root in the first user namespace. Everything else is memory that children inherit: make the object
// first, fork the supervisor, and use it there, without any privilege. One process reads.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/base/time.h"
#include "harness/linux/address.h"
#include "harness/linux/namespace.h"

namespace halfopen {

/// One change of state of one TCP socket.
///
///     a FIN arrived               TCP_ESTABLISHED -> TCP_CLOSE_WAIT
///     an RST arrived              anything        -> TCP_CLOSE, error ECONNRESET (EPIPE after a FIN)
///     the kernel gave up          anything        -> TCP_CLOSE, error ETIMEDOUT, EHOSTUNREACH, ...
///     the program closed          TCP_ESTABLISHED -> TCP_FIN_WAIT1, TCP_CLOSE_WAIT -> TCP_LAST_ACK
///     the program sent an RST     anything        -> TCP_CLOSE, error 0
struct SocketChange {
    Instant at;                 ///< when the kernel was about to store the new state
    uint64_t network_namespace; ///< its inode
    uint64_t socket;            ///< the same for all changes of one socket, until the kernel frees it
    Endpoint local, remote;     ///< IPv4, also of an IPv6 socket that speaks it; else only the ports
    int from, to;               ///< TCP_ESTABLISHED, TCP_CLOSE_WAIT, ... (<netinet/tcp.h>)
    int error;                  ///< the socket's pending error (sk_err), 0 for none

    /// The connection is over, and not because the program that holds it said so.
    bool gave_up() const;
};

class SocketStates {
public:
    /// Loads the program and starts it; nothing is watched yet. CannotHere with the reason and the mend.
    SocketStates();
    ~SocketStates();
    SocketStates(SocketStates&&) noexcept;

    /// Whether clang and libbpf were there when halfopen was built.
    static bool is_built_in();

    /// From now on, the TCP sockets of this network namespace are reported; at most 512 at once. Inodes are used again:
    /// forget a namespace before its last descriptor is closed.
    void watch(const NetNamespace&);
    void forget(const NetNamespace&);

    /// Readable (poll(2)) while there are changes to be taken.
    int fd() const;
    /// The next change, in the order in which they were reported; nothing when there is none yet.
    std::optional<SocketChange> next();
    /// So many changes were lost because nobody had taken the ones before them (4,000 have room).
    uint64_t lost() const;

private:
    struct Loaded;
    std::unique_ptr<Loaded> loaded_;
};

/// Why the kernel's own instants cannot be had here, with the mend; empty when they can.
std::string why_no_socket_states();

} // namespace halfopen
