#pragma once
// What a link does to the packets that leave by it: netem (tc-netem(8)), by rtnetlink.
//
// A queueing discipline that is put onto a link that is up makes the kernel stop the link's queue, wait until nobody
// uses it, and drop what was in it (qdisc_graft(), dev_deactivate()). So netem is put there ahead, doing nothing; to
// change its numbers is one RTM_NEWQDISC, takes microseconds, and loses no packet (netem_change()).

#include <memory>
#include <string>

#include "harness/base/time.h"

struct nl_msg;
struct nl_sock;

namespace halfopen {

/// What happens to packets, in one direction.
struct Impairment {
    Duration delay{0};
    Duration jitter{0};      ///< the delay varies evenly by so much, up and down, each packet for itself
    int loss_percent = 0;
    int reorder_percent = 0; ///< so many are not delayed, and overtake those that are
    int duplicate_percent = 0; ///< so many arrive twice
    int corrupt_percent = 0;   ///< so many have one bit of them flipped
    bool operator==(const Impairment&) const = default;
    /// The longest that a packet can take.
    Duration slowest() const { return delay + jitter; }
};

/// netem on one link of the network namespace that the thread was in when it was made.
class Netem {
public:
    /// Puts it there, behaving as `usual`. CannotHere when the kernel has no sch_netem.
    Netem(const std::string& link, const Impairment& usual, const Impairment& impaired);
    /// From now on packets meet `impaired`; one message, prepared ahead.
    void impair() { send(*impair_); }
    /// From now on they meet `usual` again.
    void relieve() { send(*relieve_); }
    /// Reads back from the kernel what packets meet; nothing is impaired where no netem is.
    Impairment read();
    /// Takes it off the link, with all packets in it.
    void remove();

private:
    struct Free {
        void operator()(nl_sock*) const;
        void operator()(nl_msg*) const;
    };
    using Message = std::unique_ptr<nl_msg, Free>;
    Message change_to(const Impairment&) const;
    void send(nl_msg&);

    std::string link_;
    int index_;
    std::unique_ptr<nl_sock, Free> socket_;
    Message impair_, relieve_;
};

} // namespace halfopen
