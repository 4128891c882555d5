#pragma once
// What crossed the two links of a world, from the connection's first segment to the verdict.

#include "harness/lab/topology.h"
#include "harness/linux/packet_ring.h"
#include "harness/trial/record.h"

namespace halfopen {

class LinkCapture {
public:
    /// Before the connection is made. The calling thread ends in the server's namespace.
    explicit LinkCapture(const Topology&);
    /// What passed until then, without the canary's packets and IPv6. Reading waits for the end, because it takes time.
    Capture take(Instant fault, Instant until);

private:
    PacketRing client_, server_;
};

/// Worlds that may be alive at once while their packets are kept: a ring is half a megabyte of the kernel's memory.
inline constexpr int most_captured_worlds = 100;

} // namespace halfopen
