// Faults of links, and of the server's own routes: its kernel knows of those, and its connections are not told.

#include <cerrno>
#include <optional>

#include <linux/rtnetlink.h>

#include "harness/linux/link.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// One end of the server's cable is set down. Both ends of a veth pair lose their carrier then, as both ends of a cable
/// do; only its own host also forgets the routes that need it (fib_sync_down_dev()).
class LinkDown : public FaultBase {
public:
    LinkDown(const FaultInfo& about, const char* link) : FaultBase(about), link_(link) {}

    void arm(World& world) override {
        host(world).enter();
        route_.emplace();
        down_ = route_->setting(link_, false);
    }
    Bracket fire(World&) override { return stamped([this] { route_->make(down_); }); }
    std::string why_not_bitten(World&) const override { return route_->is_up(link_) ? "the link is still up" : ""; }

protected:
    virtual const NetNamespace& host(const World& world) const = 0;
    const char* link_;

private:
    mutable std::optional<RouteSocket> route_;
    RouteSocket::Change down_;
};

struct ServerLinkDown final : LinkDown {
    explicit ServerLinkDown(const FaultInfo& about) : LinkDown(about, "eth0") {}
    const NetNamespace& host(const World& world) const override { return world.topology().server; }
    ByHand by_hand() const override { return {"ip netns exec $SERVER ip link set eth0 down"}; }
};

struct ServerCablePulled final : LinkDown {
    explicit ServerCablePulled(const FaultInfo& about) : LinkDown(about, "to-server") {}
    const NetNamespace& host(const World& world) const override { return world.topology().router; }
    ByHand by_hand() const override { return {"ip netns exec $ROUTER ip link set to-server down"}; }
};

/// The router loses the carrier, and with it the client's hardware address (net.ipv4.conf.*.arp_evict_nocarrier), where it
/// has learned that by itself. A permanent entry would stay.
class ClientCablePulled final : public LinkDown {
public:
    explicit ClientCablePulled(const FaultInfo& about) : LinkDown(about, "eth0") {}
    void arm(World& world) override {
        LinkDown::arm(world);
        world.enter_router();
        router_.emplace();
        router_->learn_neighbour("to-client", client_ = world.topology().client_ip, client_mac);
    }
    const NetNamespace& host(const World& world) const override { return world.topology().client; }
    std::string why_not_bitten(World& world) const override {
        if (std::string why = LinkDown::why_not_bitten(world); !why.empty()) return why;
        return router_->has_carrier("to-client") ? "the router's port still has its carrier" : "";
    }
    ByHand by_hand() const override {
        return {.lines = "ip netns exec $CLIENT ip link set eth0 down",
                .beforehand = fmt::format("ip netns exec $ROUTER ip neigh replace {} dev to-client lladdr 02:00:00:00:00:01 nud reachable",
                                          to_string(client_address))};
    }

private:
    mutable std::optional<RouteSocket> router_;
    Ipv4 client_{};
};

/// A route to the client's network that refuses, and is more exact than the default route.
class ServerRoute : public FaultBase {
public:
    ServerRoute(const FaultInfo& about, unsigned char type, const char* word)
        : FaultBase(about), type_(type), word_(word) {}

    void arm(World& world) override {
        world.topology().server.enter();
        route_.emplace();
        refuse_ = route_->adding_refusal(type_, network, prefix);
    }
    Bracket fire(World&) override { return stamped([this] { route_->make(refuse_); }); }
    std::string why_not_bitten(World&) const override {
        return route_->route_type(network, prefix) == type_ ? "" : "the server has no such route";
    }
    ByHand by_hand() const override {
        return {fmt::format("ip netns exec $SERVER ip route add {} {}/{}", word_, to_string(network), prefix)};
    }

private:
    static constexpr Ipv4 network{{192, 0, 2, 0}};
    static constexpr int prefix = 24;
    unsigned char type_;
    const char* word_;
    mutable std::optional<RouteSocket> route_;
    RouteSocket::Change refuse_;
};

struct ServerBlackhole final : ServerRoute {
    explicit ServerBlackhole(const FaultInfo& about) : ServerRoute(about, RTN_BLACKHOLE, "blackhole") {}
};
struct ServerUnreachable final : ServerRoute {
    explicit ServerUnreachable(const FaultInfo& about) : ServerRoute(about, RTN_UNREACHABLE, "unreachable") {}
};
struct ServerProhibit final : ServerRoute {
    explicit ServerProhibit(const FaultInfo& about) : ServerRoute(about, RTN_PROHIBIT, "prohibit") {}
};

/// A link that goes down waits until no processor is sending by it (dev_close_many(), synchronize_net()).
constexpr Duration link_closes = std::chrono::milliseconds{20};

constexpr FaultInfo refusing_route(std::string_view name, std::string_view summary, int error) {
    FaultInfo about{.name = name, .summary = summary, .effect = Effect::silence, .path = Passage::to_server, .needs = {}};
    about.particulars = {.refusal = Refusal::error, .refusal_error = error};
    about.bracket_limit = with_network_lock;
    return about;
}

} // namespace

extern const FaultKind client_cable_pulled, server_link_down, server_cable_pulled, server_blackhole, server_unreachable, server_prohibit;
const FaultKind client_cable_pulled{{.name = "client-cable-pulled",
                                     .summary = "the link between router and client loses its carrier",
                                     .effect = Effect::silence,
                                     .path = Passage::silent,
                                     .needs = {},
                                     .icmp = arp_fails_without_carrier,
                                     .bracket_limit = link_closes},
                                    make_fault<ClientCablePulled>};
const FaultKind server_link_down{
    {.name = "server-link-down",
     .summary = "the server's own link is set down, and its routes go with it",
     .effect = Effect::silence,
     .path = Passage::silent,
     .needs = {},
     .particulars = {.refusal = Refusal::error, .refusal_error = ENETUNREACH},
     .bracket_limit = link_closes},
    make_fault<ServerLinkDown>};
const FaultKind server_cable_pulled{{.name = "server-cable-pulled",
                                     .summary = "the server's link loses its carrier",
                                     .effect = Effect::silence,
                                     .path = Passage::silent,
                                     .needs = {},
                                     .particulars = {.refusal_error = ENETDOWN},
                                     .bracket_limit = link_closes},
                                    make_fault<ServerCablePulled>};
const FaultKind server_blackhole{
    refusing_route("server-blackhole", "the server's own route to the client drops and says nothing", EINVAL),
    make_fault<ServerBlackhole>};
const FaultKind server_unreachable{
    refusing_route("server-unreachable", "the server's own route to the client says that it cannot be reached", EHOSTUNREACH),
    make_fault<ServerUnreachable>};
const FaultKind server_prohibit{
    refusing_route("server-prohibit", "the server's own route to the client is prohibited", EACCES),
    make_fault<ServerProhibit>};

} // namespace halfopen::faults
