#pragma once
// TCP segments of a connection between others: seen on a link that they pass, and forged. What a third party on the path
// can do.

#include <optional>
#include <string>

#include "harness/base/address.h"
#include "harness/linux/fd.h"

namespace halfopen {

struct Segment {
    Endpoint from, to;
    uint32_t sequence = 0;
    uint32_t acknowledged = 0;
    uint32_t length = 0; ///< of its data
    bool reset = false;
    /// The sequence number of the next segment in its direction; nothing of it is a SYN or a FIN.
    uint32_t next() const { return sequence + length; }
};

/// Sees the segments that pass a link of the current network namespace, in both directions, from its making on.
class SegmentTap {
public:
    explicit SegmentTap(const std::string& link);
    /// The next one that passed; nothing when none is waiting.
    std::optional<Segment> take() const;

private:
    Fd socket_;
};

/// Sends RSTs with a sender's address that is not ours, into the current network namespace.
class ResetForger {
public:
    ResetForger();
    void send(Endpoint from, Endpoint to, uint32_t sequence) const;

private:
    Fd socket_;
};

} // namespace halfopen
