#pragma once
// A connection whose server's end is seen from outside, as the table of sockets shows it.

#include <optional>

#include <netinet/tcp.h>

#include "harness/linux/ruleset.h"
#include "harness/linux/socket_table.h"
#include "support/in_lab.h"

namespace halfopen::testing {

/// The server's end of the pair as the table shows it now; nothing when it is not there.
inline std::optional<TcpSocket> find(const SocketTable& table, uint16_t local_port = server_port) {
    for (const TcpSocket& s : table.read())
        if (s.local.port == local_port && s.state != TCP_LISTEN)
            return s;
    return std::nullopt;
}

/// Both ends of a connection, and the table of the server's namespace. The thread is in the server's.
struct SeenPair : Pair {
    SocketTable table = (topology.server.enter(), SocketTable());
    FreedSockets freed;
    TcpSocket seen() const {
        const auto s = find(table);
        expect(s.has_value(), "the connection is not in the table");
        return *s;
    }
};

template <typename Condition> bool comes_true(Condition condition) {
    for (const Instant give_up = MonotonicClock::now() + std::chrono::seconds{2}; !condition();) {
        if (MonotonicClock::now() > give_up)
            return false;
        sleep_until(MonotonicClock::now() + std::chrono::milliseconds{1});
    }
    return true;
}

/// From now on no packet passes. The thread is left in the server's namespace.
inline void cut_the_path(const Topology& topology) {
    topology.router.enter();
    load_rules("table ip t { chain c { type filter hook prerouting priority raw; drop; }; }");
    topology.server.enter();
}

} // namespace halfopen::testing
