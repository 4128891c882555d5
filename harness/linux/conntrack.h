#pragma once
// The connections that a router remembers (conntrack): without them a NAT does not know whose packet it sees.

#include <vector>

#include "harness/linux/fd.h"

namespace halfopen {

/// The table of the namespace that the thread was in when this was made. Loading a rule that speaks of `ct` or of NAT
/// starts it there.
class ConntrackTable {
public:
    ConntrackTable();
    /// Every entry is gone at once, as if it had timed out: one message (ctnetlink_flush_conntrack() in the kernel).
    void forget_all();
    /// How many TCP connections are in it (net.netfilter.nf_conntrack_count says 0 in a namespace of a user's own).
    int count();

private:
    Fd socket_;
    std::vector<char> flush_, list_;
};

} // namespace halfopen
