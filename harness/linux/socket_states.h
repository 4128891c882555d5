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

#include "harness/base/address.h"
#include "harness/base/time.h"
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
    int from, to;               ///< TCP_ESTABLISHED, TCP_CLOSE_WAIT, ... (<netinet/tcp.h>); the same: a retransmission
    int error;                  ///< the socket's pending error (sk_err), 0 for none
    uint32_t acknowledged;      ///< the first sequence number that is not acknowledged (snd_una)

    /// The connection is over, and not because the program that holds it said so.
    bool gave_up() const;
};

/// What the kernel has done with the sockets of one namespace: the first FIN that came, the first of them that ended and
/// not by its program.
struct KernelKnew {
    std::optional<Instant> fin, gave_up;
    int error = 0; ///< with which it gave up
    /// The earlier of the two: from then on it knew that the client sends no more.
    std::optional<Instant> first() const { return fin ? fin : gave_up; }
};

class SocketStates {
public:
    /// Loads the program and starts it; nothing is watched yet. So many namespaces can have a ring of their own
    /// (ReportRing). CannotHere with the reason and the mend.
    explicit SocketStates(int rings = 0);
    ~SocketStates();
    SocketStates(SocketStates&&) noexcept;

    /// How many rings there are: what was asked for, or as many as the program has room for.
    int rings() const;

    /// Whether clang and libbpf were there when halfopen was built.
    static bool is_built_in();

    /// From now on, the TCP sockets of this network namespace are reported to next(). Inodes are used again: forget a
    /// namespace before its last descriptor is closed.
    void watch(const NetNamespace&);
    void forget(const NetNamespace&);

    /// The same for the sockets with one local port, of which only the instants are kept, for knew(): nobody is woken up.
    void stamp(const NetNamespace&, uint16_t local_port);
    /// And they are reported, with their retransmissions, to a ring of the namespace's own, which is empty: its
    /// descriptor. Error when all rings are taken.
    Fd stamp_and_report(const NetNamespace&, uint16_t local_port);
    KernelKnew knew(const NetNamespace&) const;

    /// Readable (poll(2)) while there are changes to be taken.
    int fd() const;
    /// The next change, in the order in which they were reported; nothing when there is none yet.
    std::optional<SocketChange> next();
    /// So many changes were lost because nobody had taken the ones before them (3,000 have room).
    uint64_t lost() const;

private:
    struct Loaded;
    std::unique_ptr<Loaded> loaded_;
};

/// Why the kernel's own instants cannot be had here, with the mend; empty when they can.
std::string why_no_socket_states();

} // namespace halfopen
