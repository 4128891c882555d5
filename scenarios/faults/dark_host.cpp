// The client's host is off, and its neighbours forget it: its last router has to look for it by ARP.

#include <cerrno>
#include <optional>

#include "harness/linux/link.h"
#include "harness/linux/sysctl.h"
#include "scenarios/faults/router_rule.h"

namespace halfopen::faults {

namespace {

/// Nothing comes from the host any more; what goes to it waits for an address that nobody tells.
class GoDark final : public RouterRule {
public:
    explicit GoDark(const FaultInfo& about) : RouterRule(about, "prerouting priority raw", "iifname \"to-client\" drop") {}

    void arm(World& world) override {
        RouterRule::arm(world);
        route_.emplace();
        forget_ = route_->forgetting_neighbour("to-client", world.topology().client_ip);
        client_ = world.topology().client_ip;
        // ARP is not IP, so no rule of an IP table drops the answers. The router knows the client and never asks before the
        // fault.
        world.topology().client.enter();
        write_sysctl("net.ipv4.conf.eth0.arp_ignore", "8"); // never answers
    }
    Bracket fire(World& world) override {
        return stamped([&] {
            RouterRule::fire(world);
            route_->make(forget_);
        });
    }
    std::string why_not_bitten(World& world) const override {
        if (std::string why = RouterRule::why_not_bitten(world); !why.empty()) return why;
        return route_->knows_neighbour("to-client", client_) ? "the router still knows the client's hardware address" : "";
    }
    ByHand by_hand() const override {
        return {.lines = fmt::format("ip netns exec $ROUTER iptables -t raw -A PREROUTING -i to-client -j DROP\n"
                                     "ip netns exec $ROUTER ip neigh del {} dev to-client",
                                     to_string(client_address)),
                .beforehand = "ip netns exec $CLIENT sysctl -q -w net.ipv4.conf.eth0.arp_ignore=8"};
    }

private:
    mutable std::optional<RouteSocket> route_;
    RouteSocket::Change forget_;
    Ipv4 client_{};
};

} // namespace

extern const FaultKind go_dark;
const FaultKind go_dark{{.name = "go-dark",
                         .summary = "the client's host is silent, and its router has forgotten its hardware address",
                         .effect = Effect::silence,
                         .path = Passage::silent,
                         .needs = {"nf_tables"},
                         .icmp = arp_fails,
                         .bracket_limit = with_network_lock},
                        make_fault<GoDark>};

} // namespace halfopen::faults
