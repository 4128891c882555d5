#pragma once
// The client of a server that is not ours: it says what it was told to say, reads what comes, and fails on command.

#include <string>

#include "harness/base/address.h"
#include "harness/lab/roles.h"

namespace halfopen {

/// How a client of the user's server behaves.
struct PlainClient {
    Endpoint server;
    std::string hello;           ///< its first bytes; may be empty
    std::string ask;             ///< what makes the server write at the fault; may be empty
    bool waits_for_answer = true; ///< to its hello
    std::string command;         ///< a client of the user's own, for sh(1); empty: ours
};

/// How long a server may take to answer a hello, and to accept a connection.
inline constexpr Duration answer_within = std::chrono::seconds{2};

/// Body of the role process. On ClientDo::start it connects and says hello, and the slot tells how that went:
/// `client_acked` with `last_client_send` and `last_message` (the answer's arrival), or `broken`.
int run_plain_client(const PlainClient&, Slot&, Fd control);

/// The descriptor under which the role holds its connection.
inline constexpr int plain_client_socket = 4;

} // namespace halfopen
