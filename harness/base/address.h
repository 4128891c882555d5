#pragma once
// IPv4 addresses and endpoints as types.

#include <array>
#include <cstdint>
#include <string>

#include <netinet/in.h>

namespace halfopen {

struct Ipv4 {
    std::array<uint8_t, 4> bytes{};
    in_addr to_kernel() const;
    bool operator==(const Ipv4&) const = default;
};
std::string to_string(Ipv4);
inline constexpr Ipv4 any_address{};
inline constexpr Ipv4 loopback_address{{127, 0, 0, 1}};

/// An address on a link, with the length of its network's prefix.
struct InterfaceAddress {
    Ipv4 address;
    uint8_t prefix = 24;
};

struct Endpoint {
    Ipv4 address;
    uint16_t port = 0;
    sockaddr_in to_kernel() const;
    bool operator==(const Endpoint&) const = default;
};
/// "192.0.2.10:40000".
std::string to_string(const Endpoint&);

using Mac = std::array<uint8_t, 6>;

} // namespace halfopen
