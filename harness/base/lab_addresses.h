#pragma once
// Who is who in every world, and so in every packet that was seen there. The addresses are from the documentation ranges
// (RFC 5737); how their hosts are joined stands in harness/lab/topology.h.

#include "harness/base/address.h"

namespace halfopen {

/// Of the only client; where there are many, they count upwards from it.
inline constexpr Ipv4 client_address{{192, 0, 2, 10}};
inline constexpr Ipv4 router_client_side{{192, 0, 2, 1}};
inline constexpr Ipv4 router_server_side{{198, 51, 100, 1}};
inline constexpr Ipv4 server_address{{198, 51, 100, 10}};

inline constexpr uint16_t server_port = 5000;
inline constexpr uint16_t canary_port = 5001;
/// Where the server's program has not accepted, nobody there could ask for the client's port; so it is this one.
inline constexpr uint16_t client_port = 40000;

} // namespace halfopen
