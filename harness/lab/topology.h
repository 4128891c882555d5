#pragma once
// Three namespaces and two cables:
//
//     client ns                     router ns                        server ns
//     eth0 192.0.2.10/24 ──veth── to-client 192.0.2.1/24
//                                 to-server 198.51.100.1/24 ──veth── eth0 198.51.100.10/24
//
// The router is real: two ends of one veth share carrier, and an ARP failure on a shared link would turn timeouts
// into EHOSTUNREACH. All neighbours are permanent, so that ARP is part of the story only where a scenario says so.

#include "harness/base/lab_addresses.h"
#include "harness/base/time.h"
#include "harness/lab/sysctls.h"
#include "harness/linux/namespace.h"

namespace halfopen {

/// Hardware addresses are locally administered; the last byte says whose they are.
constexpr Mac lab_mac(uint8_t last) { return {0x02, 0x00, 0x00, 0x00, 0x00, last}; }
inline constexpr Mac client_mac = lab_mac(1);

struct Topology {
    NetNamespace client, router, server;
    Ipv4 client_ip = client_address;

    /// Builds it. The thread ends in the router's namespace. With a delay, every packet takes that long each way: netem
    /// on the router's two ports (CannotHere where the kernel has none).
    static Topology build(const Sysctls&, Duration one_way = Duration{0});

    /// A server's namespace for many clients: it has its address on the loopback, and no link yet.
    static NetNamespace build_server(const Sysctls&);
    /// A client, its router and their cables, joined to such a server; `place` counts its clients from 0. The client's
    /// address is 192.0.2.10 and upwards, so it tells the connections apart.
    static Topology join(const NetNamespace& server, int place, const Sysctls&, Duration one_way = Duration{0});
};

/// Clients that one server can have.
inline constexpr int most_places = 240;

} // namespace halfopen
