#pragma once
// TCP segments of a connection between others: seen on a link that they pass, and forged. What a third party on the path
// can do.

#include <optional>
#include <string>

#include "harness/base/packet.h"
#include "harness/linux/fd.h"

namespace halfopen {

/// Sees the segments that pass a link of the current network namespace, in both directions, from its making on.
class SegmentTap {
public:
    explicit SegmentTap(const std::string& link);
    /// The next one that passed; nothing when none is waiting.
    std::optional<Packet> take() const;

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
