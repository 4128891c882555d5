#pragma once
// What crosses a link, copied by the kernel into memory that it shares with us (packet(7), PACKET_RX_RING). Nobody is woken
// while the ring fills, and every packet has the kernel's stamp of the moment when it passed, so that reading can wait
// until nothing is measured any more.

#include <string>
#include <vector>

#include "harness/base/time.h"
#include "harness/linux/fd.h"

namespace halfopen {

/// The beginning of a packet, headers and all, and when it passed.
struct CapturedFrame {
    Duration utc{0}; ///< since 1970
    bool outgoing = false;
    uint32_t length = 0; ///< of the whole frame, in bytes
    std::string bytes;   ///< its first 190, from the Ethernet header on
};

class PacketRing {
public:
    /// Of a link of the current network namespace, in both directions, from now on.
    explicit PacketRing(const std::string& link);
    PacketRing(PacketRing&& other) noexcept;
    PacketRing& operator=(PacketRing&&) = delete;
    ~PacketRing();

    /// The packets that lie there, the oldest first, and makes room for others.
    std::vector<CapturedFrame> take();
    /// Packets that passed while the ring was full, since the last call.
    int lost() const;

    /// Packets that fit.
    static constexpr unsigned places = 2048;

private:
    Fd socket_;
    char* memory_ = nullptr;
    unsigned next_ = 0; ///< the place that is filled next
};

} // namespace halfopen
