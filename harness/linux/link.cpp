#include "harness/linux/link.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

template <auto free_function> struct Put {
    template <typename T> void operator()(T* object) const { free_function(object); }
};
using Link = std::unique_ptr<rtnl_link, Put<rtnl_link_put>>;
using Route = std::unique_ptr<rtnl_route, Put<rtnl_route_put>>;
using Neighbour = std::unique_ptr<rtnl_neigh, Put<rtnl_neigh_put>>;
using LinkAddress = std::unique_ptr<rtnl_addr, Put<rtnl_addr_put>>;
using NlAddress = std::unique_ptr<nl_addr, Put<nl_addr_put>>;

template <typename... Args> void nl_check(int result, fmt::format_string<Args...> doing, Args&&... args) {
    if (result < 0)
        throw Error(Exit::incomplete,
                    fmt::format("{}: {}", fmt::format(doing, std::forward<Args>(args)...), nl_geterror(result)));
}

NlAddress nl_address(Ipv4 a, int prefix = 32) {
    NlAddress address{nl_addr_build(AF_INET, a.bytes.data(), a.bytes.size())};
    nl_addr_set_prefixlen(address.get(), prefix);
    return address;
}

NlAddress nl_address(Mac mac) { return NlAddress{nl_addr_build(AF_LLC, mac.data(), mac.size())}; }

Link get_link(nl_sock* socket, const std::string& name) {
    rtnl_link* found = nullptr;
    nl_check(rtnl_link_get_kernel(socket, 0, name.c_str(), &found), "looking for link {}", name);
    return Link{found};
}

int index_of(nl_sock* socket, const std::string& name) {
    return rtnl_link_get_ifindex(get_link(socket, name).get());
}

/// What is to change of a link: that it is up, or down.
rtnl_link* flags_of_link(bool up) {
    rtnl_link* change = rtnl_link_alloc();
    if (up)
        rtnl_link_set_flags(change, IFF_UP);
    else
        rtnl_link_unset_flags(change, IFF_UP);
    return change;
}

Route route_by(nl_sock* socket, const NlAddress& destination, const std::string& link, Ipv4 gateway, unsigned flags) {
    Route route{rtnl_route_alloc()};
    rtnl_route_set_family(route.get(), AF_INET);
    rtnl_route_set_scope(route.get(), RT_SCOPE_UNIVERSE);
    rtnl_route_set_dst(route.get(), destination.get());
    rtnl_nexthop* hop = rtnl_route_nh_alloc();
    rtnl_route_nh_set_gateway(hop, nl_address(gateway).get());
    rtnl_route_nh_set_ifindex(hop, index_of(socket, link));
    rtnl_route_nh_set_flags(hop, flags);
    rtnl_route_add_nexthop(route.get(), hop); // The route owns the hop from here on.
    return route;
}

} // namespace

void RouteSocket::Free::operator()(nl_sock* socket) const { nl_socket_free(socket); }
void RouteSocket::Free::operator()(nl_msg* message) const { nlmsg_free(message); }

RouteSocket::RouteSocket() : socket_(nl_socket_alloc()) {
    nl_check(nl_connect(socket_.get(), NETLINK_ROUTE), "opening an rtnetlink socket");
}

void RouteSocket::add_veth(const std::string& name, Mac mac, const std::string& peer_name, Mac peer_mac,
                           const NetNamespace& peer_namespace) {
    const Link link{rtnl_link_veth_alloc()};
    rtnl_link_set_name(link.get(), name.c_str());
    rtnl_link_set_addr(link.get(), nl_address(mac).get());
    const Link peer{rtnl_link_veth_get_peer(link.get())};
    rtnl_link_set_name(peer.get(), peer_name.c_str());
    rtnl_link_set_addr(peer.get(), nl_address(peer_mac).get());
    rtnl_link_set_ns_fd(peer.get(), peer_namespace.fd());
    nl_check(rtnl_link_add(socket_.get(), link.get(), NLM_F_CREATE | NLM_F_EXCL), "adding veth pair {} - {}", name,
             peer_name);
}

void RouteSocket::set_up(const std::string& name, bool up) {
    const Link old{get_link(socket_.get(), name)};
    const Link change{flags_of_link(up)};
    nl_check(rtnl_link_change(socket_.get(), old.get(), change.get(), 0), "setting link {} {}", name,
             up ? "up" : "down");
}

void RouteSocket::add_address(const std::string& link, InterfaceAddress a) {
    const LinkAddress address{rtnl_addr_alloc()};
    rtnl_addr_set_ifindex(address.get(), index_of(socket_.get(), link));
    rtnl_addr_set_local(address.get(), nl_address(a.address, a.prefix).get());
    nl_check(rtnl_addr_add(socket_.get(), address.get(), 0), "adding address {} to {}", to_string(a.address), link);
}

void RouteSocket::add_default_route(const std::string& link, Ipv4 gateway) {
    const Route route = route_by(socket_.get(), nl_address(Ipv4{}, 0), link, gateway, 0);
    nl_check(rtnl_route_add(socket_.get(), route.get(), 0), "adding the default route by {}", to_string(gateway));
}

void RouteSocket::add_host_route(const std::string& link, Ipv4 host, Ipv4 gateway) {
    const Route route = route_by(socket_.get(), nl_address(host), link, gateway, RTNH_F_ONLINK);
    nl_check(rtnl_route_add(socket_.get(), route.get(), 0), "adding a route to {} by {}", to_string(host),
             to_string(gateway));
}

namespace {

Neighbour neighbour_on(int index, Ipv4 address) {
    Neighbour neighbour{rtnl_neigh_alloc()};
    rtnl_neigh_set_ifindex(neighbour.get(), index);
    rtnl_neigh_set_family(neighbour.get(), AF_INET);
    rtnl_neigh_set_dst(neighbour.get(), nl_address(address).get());
    return neighbour;
}

void add(nl_sock* socket, int index, Ipv4 address, Mac mac, int state, int flags) {
    const Neighbour neighbour = neighbour_on(index, address);
    rtnl_neigh_set_lladdr(neighbour.get(), nl_address(mac).get());
    rtnl_neigh_set_state(neighbour.get(), state);
    nl_check(rtnl_neigh_add(socket, neighbour.get(), flags), "adding neighbour {}", to_string(address));
}

} // namespace

void RouteSocket::add_neighbour(const std::string& link, Ipv4 address, Mac mac) {
    add(socket_.get(), index_of(socket_.get(), link), address, mac, NUD_PERMANENT, NLM_F_CREATE);
}

void RouteSocket::learn_neighbour(const std::string& link, Ipv4 address, Mac mac) {
    add(socket_.get(), index_of(socket_.get(), link), address, mac, NUD_REACHABLE, NLM_F_CREATE | NLM_F_REPLACE);
}

bool RouteSocket::knows_neighbour(const std::string& link, Ipv4 address) {
    nl_cache* all = nullptr;
    nl_check(rtnl_neigh_alloc_cache(socket_.get(), &all), "reading the neighbours");
    const std::unique_ptr<nl_cache, Put<nl_cache_free>> neighbours{all};
    const Neighbour found{rtnl_neigh_get(all, index_of(socket_.get(), link), nl_address(address).get())};
    return found && !(rtnl_neigh_get_state(found.get()) & (NUD_INCOMPLETE | NUD_FAILED));
}

RouteSocket::Change RouteSocket::forgetting_neighbour(const std::string& link, Ipv4 address) {
    nl_msg* message = nullptr;
    const Neighbour neighbour = neighbour_on(index_of(socket_.get(), link), address);
    nl_check(rtnl_neigh_build_delete_request(neighbour.get(), 0, &message), "preparing to forget neighbour {}",
             to_string(address));
    return Change{message};
}

bool RouteSocket::is_running(const std::string& link) {
    const unsigned flags = rtnl_link_get_flags(get_link(socket_.get(), link).get());
    return (flags & IFF_UP) && (flags & IFF_RUNNING);
}

bool RouteSocket::is_up(const std::string& link) { return rtnl_link_get_flags(get_link(socket_.get(), link).get()) & IFF_UP; }

bool RouteSocket::has_carrier(const std::string& link) { return rtnl_link_get_carrier(get_link(socket_.get(), link).get()); }

RouteSocket::Change RouteSocket::setting(const std::string& name, bool up) {
    const Link old{get_link(socket_.get(), name)};
    const Link change{flags_of_link(up)};
    nl_msg* message = nullptr;
    nl_check(rtnl_link_build_change_request(old.get(), change.get(), 0, &message), "preparing to set link {}", name);
    return Change{message};
}

RouteSocket::Change RouteSocket::adding_refusal(unsigned char type, Ipv4 network, int prefix, int table) {
    const Route route{rtnl_route_alloc()};
    rtnl_route_set_family(route.get(), AF_INET);
    rtnl_route_set_scope(route.get(), RT_SCOPE_UNIVERSE);
    rtnl_route_set_type(route.get(), type);
    rtnl_route_set_table(route.get(), static_cast<uint32_t>(table));
    rtnl_route_set_dst(route.get(), nl_address(network, prefix).get());
    nl_msg* message = nullptr;
    nl_check(rtnl_route_build_add_request(route.get(), NLM_F_CREATE | NLM_F_EXCL, &message), "preparing a route to {}",
             to_string(network));
    return Change{message};
}

void RouteSocket::make(const Change& change) {
    nlmsg_hdr(change.get())->nlmsg_seq = NL_AUTO_SEQ; // It may be sent a second time.
    const int sent = nl_send_auto(socket_.get(), change.get());
    nl_check(sent < 0 ? sent : nl_wait_for_ack(socket_.get()), "changing a link or a route");
}

unsigned char RouteSocket::route_type(Ipv4 network, int prefix, int table) {
    nl_cache* all = nullptr;
    nl_check(rtnl_route_alloc_cache(socket_.get(), AF_INET, 0, &all), "reading the routes");
    const std::unique_ptr<nl_cache, Put<nl_cache_free>> routes{all};
    const NlAddress wanted = nl_address(network, prefix);
    for (nl_object* object = nl_cache_get_first(all); object; object = nl_cache_get_next(object)) {
        auto* route = reinterpret_cast<rtnl_route*>(object);
        if (rtnl_route_get_table(route) != static_cast<uint32_t>(table)) continue;
        if (nl_addr_cmp(rtnl_route_get_dst(route), wanted.get()) == 0) return rtnl_route_get_type(route);
    }
    return RTN_UNSPEC;
}

void RouteSocket::look_up_first(const std::string& link, int table) {
    const std::unique_ptr<rtnl_rule, Put<rtnl_rule_put>> rule{rtnl_rule_alloc()};
    rtnl_rule_set_family(rule.get(), AF_INET);
    nl_check(rtnl_rule_set_iif(rule.get(), link.c_str()), "a rule for link {}", link);
    rtnl_rule_set_table(rule.get(), static_cast<uint32_t>(table));
    rtnl_rule_set_action(rule.get(), FR_ACT_TO_TBL);
    nl_check(rtnl_rule_add(socket_.get(), rule.get(), NLM_F_EXCL), "adding a rule for link {}", link);
}

} // namespace halfopen
