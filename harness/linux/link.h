#pragma once
// Links, addresses, routes and neighbours of one network namespace, by rtnetlink (libnl-route).

#include <memory>
#include <string>

#include "harness/base/address.h"
#include "harness/linux/namespace.h"

struct nl_msg;
struct nl_sock;

namespace halfopen {

/// An rtnetlink socket. It belongs to the namespace that the thread was in when it was made, wherever the thread
/// goes afterwards.
class RouteSocket {
public:
    RouteSocket();

    /// A veth pair; `peer_name` is put into `peer_namespace`. Both are down: a peer that is created up is refused.
    void add_veth(const std::string& name, Mac mac, const std::string& peer_name, Mac peer_mac,
                  const NetNamespace& peer_namespace);
    void set_up(const std::string& link, bool up = true);
    void add_address(const std::string& link, InterfaceAddress);
    void add_default_route(const std::string& link, Ipv4 gateway);
    /// To one host, by a gateway that is on this link whatever the addresses say (RTNH_F_ONLINK).
    void add_host_route(const std::string& link, Ipv4 host, Ipv4 gateway);
    /// A permanent neighbour: no ARP, and no place in the machine-wide table that all namespaces share.
    void add_neighbour(const std::string& link, Ipv4, Mac);
    /// One that the kernel might have learned by ARP itself, and forgets as it would forget that; takes the place of another.
    void learn_neighbour(const std::string& link, Ipv4, Mac);
    /// True when the hardware address of that neighbour is known, or was a while ago.
    bool knows_neighbour(const std::string& link, Ipv4);
    /// True when the link is up and has carrier. Asking also makes the kernel finish pending link changes
    /// (linkwatch_sync_dev, since 6.8): without it a new veth may drop its first packets.
    bool is_running(const std::string& link);
    bool is_up(const std::string& link);
    /// Whether the lamp is on: known at once, also before the kernel has drawn its conclusions (linkwatch).
    bool has_carrier(const std::string& link);

    struct Free {
        void operator()(nl_sock*) const;
        void operator()(nl_msg*) const;
    };
    /// A change that is prepared ahead, for a fault: to make it is one message.
    using Change = std::unique_ptr<nl_msg, Free>;
    Change setting(const std::string& link, bool up);
    /// A route that refuses what is sent to that network: RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT (ip-route(8)).
    Change adding_refusal(unsigned char type, Ipv4 network, int prefix, int table = main_table);
    Change forgetting_neighbour(const std::string& link, Ipv4);
    void make(const Change&);
    /// The type of the route to exactly that network, RTN_UNSPEC when there is none.
    unsigned char route_type(Ipv4 network, int prefix, int table = main_table);
    /// What comes in by this link is looked up in that table first (ip-rule(8)).
    void look_up_first(const std::string& link, int table);
    static constexpr int main_table = 254; ///< RT_TABLE_MAIN

private:
    std::unique_ptr<nl_sock, Free> socket_;
};

} // namespace halfopen
