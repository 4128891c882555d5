#pragma once
// One packet as it crossed a link, taken apart: Ethernet, then ARP, or IPv4 with TCP, UDP or ICMP.

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/base/address.h"

namespace halfopen {

/// The flags of a TCP header (RFC 9293, 3.1), as they stand in its 14th byte.
namespace tcp_flag {
inline constexpr uint8_t fin = 1, syn = 2, rst = 4, psh = 8, ack = 16, urg = 32;
}

struct Packet {
    enum class Kind { tcp, udp, icmp, arp, other };
    Kind kind = Kind::other;
    Ipv4 source, destination; ///< of ARP: who asks or answers, and whose address is meant
    uint16_t source_port = 0, destination_port = 0;
    uint16_t ip_id = 0;         ///< stays the same on the way through routers
    uint32_t ip_length = 0;     ///< header and data
    uint32_t sequence = 0;      ///< of the first byte of data, or of the SYN or FIN
    uint32_t acknowledged = 0;
    uint32_t data = 0;          ///< bytes behind the TCP or UDP header
    uint32_t window = 0;        ///< as it stands in the header, not scaled
    uint8_t flags = 0;          ///< tcp_flag
    uint8_t icmp_type = 0, icmp_code = 0;
    bool arp_is_request = false;

    bool has(uint8_t flag) const { return (flags & flag) != 0; }
    Endpoint from() const { return {source, source_port}; }
    Endpoint to() const { return {destination, destination_port}; }
};

/// `frame` may be cut off behind the headers. Nothing when not even those are there.
std::optional<Packet> read_ethernet(std::string_view frame);

} // namespace halfopen
