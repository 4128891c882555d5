#pragma once
// The TCP sockets of a network namespace as `ss -tano` shows them, by sock_diag(7): seen from outside, without a word
// to the programs that own them.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/address.h"
#include "harness/linux/fd.h"
#include "harness/linux/tcp_info.h"

namespace halfopen {

/// The timer that is armed, as idiag_timer says it (net/ipv4/inet_diag.c: inet_sk_diag_fill()).
enum class TcpTimer : unsigned char { none, retransmission, keepalive, time_wait, persist };

struct TcpSocket {
    Endpoint local, remote;    ///< IPv4, also of an IPv6 socket that serves IPv4 (::ffff:a.b.c.d)
    int state = 0;             ///< TCP_ESTABLISHED, TCP_LISTEN, ...
    unsigned long inode = 0;   ///< 0: no descriptor refers to it; not accepted yet, or closed by its program
    uint64_t cookie = 0;       ///< the kernel's own name for it, never used twice
    unsigned receive_queue = 0; ///< Recv-Q, bytes
    unsigned send_queue = 0;    ///< Send-Q, bytes; of a listener the longest queue of connections that it allows
    TcpTimer timer = TcpTimer::none;
    Duration timer_left{0};    ///< until it fires
    unsigned tries = 0;        ///< retransmissions or probes that are unanswered
    TcpInfo info;
};

class SocketTable {
public:
    /// Of the namespace that the calling thread is in, wherever it goes afterwards.
    SocketTable();

    /// All TCP sockets that are hashed: one that the kernel gave up is not there any more, though its program may
    /// still hold it.
    std::vector<TcpSocket> read() const;
    /// One connection; nothing when it is not hashed. The kernel reads its whole table for read(), of all namespaces and
    /// mostly empty, which takes tens of milliseconds on a large machine; for this it does not.
    std::optional<TcpSocket> find(Endpoint local, Endpoint remote) const;

private:
    void read_family(unsigned char family, std::vector<TcpSocket>&) const;
    Fd socket_;
};

/// Hears when the kernel frees a TCP socket: its connection is over, and its program has closed it
/// (net/core/sock.c: __sk_free()). Works without privileges inside a user namespace.
class FreedSockets {
public:
    FreedSockets();
    int fd() const { return socket_.get(); }
    /// The cookie of one that was freed; nothing when none is waiting.
    std::optional<uint64_t> next() const;

private:
    Fd socket_;
};

/// Ends one connection of the namespace that the calling thread is in, from outside: RST to the other end
/// (net/ipv4/tcp.c: tcp_abort()). Needs CAP_NET_ADMIN there, and a kernel with INET_DIAG_DESTROY.
class SocketKiller {
public:
    SocketKiller(Endpoint local, Endpoint remote);
    /// One message, prepared ahead.
    void destroy() const;

private:
    Fd socket_;
    std::vector<char> message_;
};

/// "ESTAB", "CLOSE-WAIT", ...: as ss(8) spells the states.
std::string_view ss_name(int state);
/// "ESTAB Recv-Q 0 Send-Q 5 timer:(on,3.2sec,5)": what `ss -tno` shows of it.
std::string say_as_ss(const TcpSocket&);

} // namespace halfopen
