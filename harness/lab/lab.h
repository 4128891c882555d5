#pragma once
// A world: three namespaces, a connection through them, a client process and a server process. Faults are fired
// at it; trials watch it.

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "harness/lab/canary.h"
#include "harness/lab/command_log.h"
#include "harness/lab/launcher.h"
#include "harness/lab/plain_client.h"
#include "harness/lab/roles.h"
#include "harness/lab/server_program.h"
#include "harness/lab/topology.h"
#include "harness/linux/process.h"

namespace halfopen {

/// The instant of a fault: it happened not before `before` and not after `after`.
struct Bracket {
    Instant before, after;
    Duration width() const { return after - before; }
};

/// All that a client of the user's own has started, as long as it stays in that group: ended with the world, for its
/// connection is held by whichever of them made it.
class ProcessGroup {
public:
    ProcessGroup() = default;
    explicit ProcessGroup(pid_t leader) : leader_(leader) {}
    ProcessGroup(ProcessGroup&& other) noexcept : leader_(std::exchange(other.leader_, 0)) {}
    ProcessGroup& operator=(ProcessGroup&& other) noexcept {
        std::swap(leader_, other.leader_);
        return *this;
    }
    ~ProcessGroup();

private:
    pid_t leader_ = 0;
};

class World {
public:
    /// Builds namespaces and links. The launcher must outlive the world, and so must the eventfd `noticed`, which the server
    /// posts with its verdict.
    World(const WorldSpec&, const Sysctls&, Launcher&, const Fd& noticed);

    /// A world whose server is a program of the user's, which runs already.
    World(const WorldSpec&, Topology, SlotLease);

    /// Enters the router's namespace with the calling thread, to load rules or open sockets that belong to it.
    /// Rules are loaded before connect(): those that track connections must see them begin.
    void enter_router() const { topology_.router.enter(); }
    /// Makes the connection and the canary, proves that bytes pass both ways, and starts the roles. `reports` is the ring
    /// in which the kernel reports the server's end, for a detector that needs it.
    void connect(Fd reports = {});
    /// In a world with the user's own server: makes the canary, and the client's process where the client is ours.
    void prepare_client(const PlainClient&);
    /// The client connects and says its hello; the slot tells when it was answered. A client of the user's own is
    /// started as the server was, and the slot tells nothing.
    void start_client(const Command& server, const CommandLog&);
    /// The client asks for something, so shortly before the fault that the answer comes after it. `by_client`: the
    /// client itself makes the system call that is the fault, and says it just before.
    void ask_at_fault(bool by_client);
    /// Finds the socket of a client of the user's own ahead of a fault that is made at it: looking takes milliseconds.
    void reach_for_own_client();

    /// Kills the roles without waiting for their end, so that those of several worlds die at a time.
    void kill_roles();

    /// The detector begins to watch, the client sends its proof of life, the traffic begins: whichever of them belongs
    /// before the fault.
    void start();
    /// Where watching begins with the fault (is_watched_late()).
    void begin_watching();
    /// Takes what the client has sent, for a server whose program read it before anybody watched.
    void read_for_server();
    /// The server's program calls close(): nobody holds a descriptor any more.
    Bracket close_server();
    /// The server shuts its sending side down.
    void shut_server_write();
    /// True when the proof of life was read by the server's program and acknowledged to the client: nothing is on
    /// its way, no delayed ACK is pending.
    bool is_settled() const;

    /// One message to a role; the role takes the bracket around its own system call.
    Bracket tell_client(ClientDo);
    /// The same for one that is due in some milliseconds: the client carries it out at that moment by itself, and telling it
    /// then only waits for the answer. False where the server is the user's: there the client is told at the moment.
    bool alert_client(ClientDo, Instant due);
    Bracket tell_server(ServerDo);
    /// The client's end of the connection.
    Endpoint client_endpoint() const;
    /// The client's process calls exit(); the bracket ends when the process has.
    Bracket end_client();
    /// The client reads no more, and one frame of the server's lies in its socket. False when none lies there.
    bool leave_unread();
    /// Bytes that lie unread in the client's socket; nothing where its kernel knows no such socket.
    std::optional<size_t> unread_by_client() const;
    /// What was said to the client's worker a while ago lies unread: it hangs.
    bool worker_hangs() const;
    /// Says something to it that asks for no answer.
    void speak_to_worker();
    /// The client leaves a child that holds its socket too; true while that child is there.
    void leave_heir();
    bool has_heir() const;
    /// The server writes one data frame at that instant, by a timer of its own (one-write, in-flight).
    void make_server_write(Instant at) { set_timer(due_, at); }

    /// To the client's process; to all of them, where it is the user's own.
    void signal_client(int number);
    const Process& client() const { return client_; }
    Process& server() { return server_; }
    const Process& server() const { return server_; }
    const Topology& topology() const { return topology_; }
    /// The link's delay, each way, before anything breaks.
    Duration one_way() const { return spec_.one_way; }
    Canary& canary() { return canary_; }
    Slot& slot() { return *slot_; }
    const Slot& slot() const { return *slot_; }
    /// A duplicate of the server's socket, for looking only; none before accept() and after close().
    int server_socket() const { return server_socket_.get(); }

private:
    Bracket fail_own_client(ClientDo);
    Fd client_socket() const;
    Fd connect_client(Endpoint server);
    /// The two ends of the connection that the roles get, made and proven as far as the stage allows before the fault. What
    /// the server's program holds is the listening socket where it has not accepted.
    std::pair<Fd, Fd> make_connection();

    WorldSpec spec_;
    SlotLease slot_;
    Launcher* launcher_ = nullptr; ///< none where the server is the user's
    const Fd* noticed_ = nullptr;
    PlainClient plain_;
    std::optional<ClientDo> client_alerted_to_; ///< until its answer is heard
    Fd own_client_socket_; ///< a duplicate, from reach_for_own_client() to the fault
    Topology topology_;
    Fd server_socket_;
    Fd filler_; ///< a connection that takes the only place in the server's queue
    Fd due_;
    Fd client_control_, server_control_;
    Process heir_; ///< ours to reap once the client, its parent, is dead
    Launch proxy_launch_, client_launch_, server_launch_; ///< until start()
    Process proxy_;                                       ///< where the world has one
    Process client_, server_;
    ProcessGroup own_client_; ///< ended before its leader is, whose number is the group's
    Canary canary_;
};

/// Descriptors that the supervisor holds for each world, at most: what bounds a batch.
inline constexpr int descriptors_per_world = 15;

} // namespace halfopen
