#pragma once
// A server of the user's, unmodified, in a namespace of its own: started, waited for, and ended with all that it
// spawned.

#include <functional>
#include <string>
#include <vector>

#include "harness/lab/command_log.h"
#include "harness/lab/topology.h"
#include "harness/linux/process.h"
#include "harness/linux/socket_table.h"

namespace halfopen {

/// Which program, and where its clients find it.
struct ServerCommand : Command {
    uint16_t port = 0;
    Duration start_within{std::chrono::seconds{10}}; ///< it must listen by then
    /// Kernel parameters of its namespace, besides ours: what the options leave open, they decide.
    std::vector<std::pair<std::string, std::string>> sysctls;
};

class ServerProgram {
public:
    /// Makes the server's namespace and starts the command in it. The thread is left in that namespace.
    ServerProgram(const ServerCommand&, const Sysctls&, const CommandLog&);
    ServerProgram(const ServerProgram&) = delete;
    ServerProgram& operator=(const ServerProgram&) = delete;

    /// Waits until it listens where clients can reach it; how long that took. BadInput, in one line, when it does
    /// not: it has ended, or listens elsewhere. `sleep` says false when the run is to be stopped, and nothing comes
    /// back then.
    std::optional<Duration> wait_until_listening(const std::function<bool(Duration)>& sleep) const;
    /// Why it serves no longer: it ended, and nothing listens. Empty while it does.
    std::string why_not_serving() const;
    /// When it is about to end, waits until it has: a process closes its sockets first (do_exit()).
    void let_it_end() const;
    bool listens() const { return listener().has_value(); }
    /// SIGTERM to all that the command has started, and SIGKILL to what is left after two seconds. A sentence when
    /// that was needed, else nothing.
    std::string end();

    const NetNamespace& network() const { return network_; }
    const SocketTable& sockets() const { return *sockets_; }
    const Fd& pidfd() const { return process_.pidfd(); }
    uint16_t port() const { return command_.port; }

private:
    std::optional<Endpoint> listener() const;
    std::string why_not_listening() const;
    std::string how_it_ended() const;

    const ServerCommand& command_;
    const CommandLog& log_;
    NetNamespace network_;
    std::optional<SocketTable> sockets_;
    Process process_;
    Instant started_{};
};

} // namespace halfopen
