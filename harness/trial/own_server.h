#pragma once
// A server of the user's own as one row of the matrix: what is run, and what theory says of it once the options of its
// sockets are known.

#include "detectors/detector.h"
#include "harness/lab/plain_client.h"
#include "harness/lab/server_program.h"
#include "harness/trial/plan.h"

namespace halfopen {

struct OwnServer {
    ServerCommand command;
    PlainClient client;
    std::vector<std::string> with; ///< files and folders that it needs besides, where it travels into a guest
    bool each = false; ///< every connection gets a server of its own

    /// "redis-server": the last part of the command's first word.
    std::string name() const;
};

/// The server as a method: it says nothing itself, it is watched. Without timers, because no socket of it was seen
/// yet, nothing is predicted. `answers_within` is how soon it writes after it was asked.
std::shared_ptr<const Detector> method_of(const OwnServer&, std::optional<SocketTimers> = {}, Duration answers_within = {});

/// The kernel timers of a socket, from its options.
SocketTimers timers_of(const OptionsLine&);
/// Reads them off a socket (tcp(7)).
OptionsLine read_options(int fd);

/// The plan: every scenario and traffic, `repeats` times. Which moments they are fired at is decided when the options
/// are known.
struct OwnServerSelection {
    std::vector<std::string> scenarios, traffic; ///< empty: the default ones
    int repeats = 3;
    Duration horizon{0};
    uint64_t seed = 1;
};
Plan plan_of(const OwnServer&, const OwnServerSelection&);

/// The silent failures, and the half-close.
std::vector<std::string> default_scenarios_to_try();

/// From the hello to the fault, for one repeat: its phase of the server's keepalive, up to so long a period.
Duration before_fault(const PlannedTrial&, const SocketTimers&, Duration sweep_up_to);

/// A client of the user's own may take so long until it has connected and come to rest.
inline constexpr Duration own_client_starts = std::chrono::seconds{3};

/// Between hello and fault, at least: delayed ACKs are over by then (TCP_DELACK_MAX is 200 ms).
inline constexpr Duration settled_after = std::chrono::milliseconds{300};

} // namespace halfopen
