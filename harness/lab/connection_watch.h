#pragma once
// What becomes of the connections of a program that knows nothing of us: when the kernel gave each one up, and when the
// program let go of it. From outside, by the table of sockets, which is looked at again and again, by the word of the
// kernel that a socket was freed, and, where root has loaded eBPF, by the kernel's own stamps.

#include <map>
#include <optional>

#include "harness/lab/server_program.h"
#include "harness/linux/socket_states.h"

namespace halfopen {

/// An instant that lies between two looks: not before the first, not after the second.
struct Seen {
    Instant after, by;
};

/// What is known of one connection of the program's.
struct Fate {
    std::optional<TcpSocket> last; ///< as it stood in the table when it was there last
    Seen looked;                   ///< when `last` was read; its clocks count from then
    std::optional<Seen> fin;       ///< the client's FIN had come: CLOSE_WAIT
    std::optional<Seen> given_up;  ///< the kernel had ended it: no longer in the table
    std::optional<Seen> let_go;    ///< the program had closed it: no descriptor refers to it, or it was freed
    bool closed_alive = false;     ///< the program closed it while it was established
    int error = 0;                 ///< the errno with which the kernel ended it; 0 when it is not known

    bool is_there() const { return last && !given_up && !let_go; }
};

class ConnectionWatch {
public:
    /// With `instants` the kernel's own are known exactly; nullptr where they cannot be had.
    ConnectionWatch(const ServerProgram&, SocketStates* instants);
    ~ConnectionWatch();

    /// From now on the connections from that address are followed.
    void follow(Ipv4 client);
    const Fate& fate(Ipv4 client) const { return fates_.at(client.bytes[3]); }
    /// Whether the program holds connections of other clients.
    bool has_others(Ipv4 client) const;

    /// Looks at the table now.
    void look();
    /// The fault of some connection was fired: looks come often again.
    void fired() { last_fired_ = MonotonicClock::now(); }
    /// When the next look is due: every 2 ms at first, and then as seldom as keeps the instant known to half a
    /// percent; a twentieth of the processor at most.
    Instant next_look() const;

    /// Readable when the kernel has freed a socket.
    int fd() const { return freed_.fd(); }
    /// Takes the kernel's word; true when somebody who is followed was let go.
    bool hear();

    /// Takes a change of state that the kernel stamped; true when it is of a connection that is followed.
    bool take(const SocketChange&);

    const ServerProgram& program() const { return program_; }

private:
    void see(Fate&, const TcpSocket&, const Seen& looked);

    const ServerProgram& program_;
    SocketStates* instants_;
    FreedSockets freed_;
    std::map<int, Fate> fates_; ///< by the last byte of the client's address
    Instant last_look_{}, last_fired_{};
    Duration cost_of_look_{0};
};

} // namespace halfopen
