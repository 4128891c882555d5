#pragma once
// The socket options that arm the kernel's timers.

#include "harness/base/time.h"

namespace halfopen {

/// What the server's kernel timers are told by a detector's socket options. Unset: the socket has none.
struct SocketTimers {
    bool keepalive = false;
    Duration idle{0};         ///< TCP_KEEPIDLE
    Duration interval{0};     ///< TCP_KEEPINTVL
    int count = 0;            ///< TCP_KEEPCNT
    Duration user_timeout{0}; ///< TCP_USER_TIMEOUT; zero: off
    Duration rto_max{0};      ///< TCP_RTO_MAX_MS, from kernel 6.15; zero: net.ipv4.tcp_rto_max_ms holds
};

} // namespace halfopen
