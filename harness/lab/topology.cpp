#include "harness/lab/topology.h"

#include "harness/base/error.h"
#include "harness/base/time.h"
#include "harness/linux/link.h"
#include "harness/linux/qdisc.h"

namespace halfopen {

namespace {

constexpr Mac router_client_mac = lab_mac(2), router_server_mac = lab_mac(3), server_mac = lab_mac(4);

/// One end host: its address, the way out, and the router as a permanent neighbour.
void set_up_host(RouteSocket& route, Ipv4 own, Ipv4 gateway, Mac gateway_mac) {
    route.add_address("eth0", {own, 24});
    route.set_up("eth0");
    route.add_neighbour("eth0", gateway, gateway_mac);
}

void set_up_router_port(RouteSocket& route, const std::string& link, Ipv4 own, Ipv4 host, Mac host_mac) {
    route.add_address(link, {own, 24});
    route.set_up(link);
    route.add_neighbour(link, host, host_mac);
}

/// Before kernel 6.8 a change of carrier takes effect when linkwatch comes round, up to a second later
/// (net/core/link_watch.c); until then the link drops what it is given.
void wait_until_running(RouteSocket& route, const std::string& link) {
    const Instant give_up = MonotonicClock::now() + std::chrono::seconds{3};
    while (!route.is_running(link)) {
        if (MonotonicClock::now() > give_up) throw Error(Exit::incomplete, "building a world: a link of it has no carrier");
        sleep_until(MonotonicClock::now() + std::chrono::milliseconds{1});
    }
}

/// The router with its two cables; the ends are named by their hosts, and left down there.
void set_up_router(RouteSocket& router, const Topology& t, const std::string& server_link) {
    router.add_veth("to-client", router_client_mac, "eth0", client_mac, t.client);
    router.add_veth("to-server", router_server_mac, server_link, server_mac, t.server);
}

void open_router(RouteSocket& router, Ipv4 client) {
    set_up_router_port(router, "to-client", router_client_side, client, client_mac);
    set_up_router_port(router, "to-server", router_server_side, server_address, server_mac);
}

void delay_both_ways(Duration one_way) {
    if (one_way > Duration::zero())
        for (const char* port : {"to-client", "to-server"}) Netem(port, {.delay = one_way}, {});
}

} // namespace

Topology Topology::build(const Sysctls& sysctls, Duration one_way) {
    Topology t;
    t.client = NetNamespace::create();
    RouteSocket client;
    sysctls.apply(false);
    t.server = NetNamespace::create();
    RouteSocket server;
    sysctls.apply(false);
    t.router = NetNamespace::create();
    RouteSocket router;
    sysctls.apply(true);

    set_up_router(router, t, "eth0");
    set_up_host(client, client_address, router_client_side, router_client_mac);
    set_up_host(server, server_address, router_server_side, router_server_mac);
    open_router(router, client_address);
    client.add_default_route("eth0", router_client_side);
    server.add_default_route("eth0", router_server_side);
    for (RouteSocket* host : {&client, &server}) wait_until_running(*host, "eth0");
    for (const char* port : {"to-client", "to-server"}) wait_until_running(router, port);
    delay_both_ways(one_way);
    return t;
}

NetNamespace Topology::build_server(const Sysctls& sysctls) {
    NetNamespace server = NetNamespace::create();
    sysctls.apply(false);
    RouteSocket route;
    route.set_up("lo");
    route.add_address("lo", {server_address, 32});
    return server;
}

Topology Topology::join(const NetNamespace& server, int place, const Sysctls& sysctls, Duration one_way) {
    Topology t;
    t.server = server.duplicate();
    t.client_ip.bytes[3] = static_cast<uint8_t>(client_address.bytes[3] + place);
    t.client = NetNamespace::create();
    RouteSocket client;
    sysctls.apply(false);
    t.server.enter();
    RouteSocket host;
    t.router = NetNamespace::create();
    RouteSocket router;
    sysctls.apply(true);

    const std::string link = fmt::format("eth{}", place);
    set_up_router(router, t, link);
    set_up_host(client, t.client_ip, router_client_side, router_client_mac);
    open_router(router, t.client_ip);
    client.add_default_route("eth0", router_client_side);
    host.set_up(link);
    host.add_neighbour(link, router_server_side, router_server_mac);
    host.add_host_route(link, t.client_ip, router_server_side);
    wait_until_running(client, "eth0");
    wait_until_running(host, link);
    for (const char* port : {"to-client", "to-server"}) wait_until_running(router, port);
    delay_both_ways(one_way);
    return t;
}

} // namespace halfopen
