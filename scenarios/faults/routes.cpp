// The router loses its way: a route that leads nowhere, not a filter.

#include <array>
#include <cerrno>
#include <optional>
#include <vector>

#include <linux/rtnetlink.h>

#include "harness/linux/link.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// Dead ends to both hosts, in a table of their own that only what is to be passed on is looked up in. In the main one they
/// would be dead ends for the router too, and its ICMP errors could not leave.
class DeadEnds : public FaultBase {
public:
    DeadEnds(const FaultInfo& about, unsigned char type, const char* word) : FaultBase(about), type_(type), word_(word) {}

    void arm(World& world) override {
        world.enter_router();
        routes_.emplace();
        for (const char* port : {"to-client", "to-server"}) routes_->look_up_first(port, table);
        ends_ = {world.topology().client_ip, server_address};
        for (const Ipv4 host : ends_) changes_.push_back(routes_->adding_refusal(type_, host, 32, table));
    }
    Bracket fire(World&) override {
        return stamped([this] {
            for (const auto& change : changes_) routes_->make(change);
        });
    }
    std::string why_not_bitten(World&) const override {
        for (const Ipv4 host : ends_)
            if (routes_->route_type(host, 32, table) != type_)
                return fmt::format("the router has no {} route to {}", word_, to_string(host));
        return {};
    }
    ByHand by_hand() const override {
        return {.lines = fmt::format("ip netns exec $ROUTER ip route add {0} {1} table {3}\n"
                                     "ip netns exec $ROUTER ip route add {0} {2} table {3}",
                                     word_, to_string(client_address), to_string(server_address), table),
                .beforehand = fmt::format("ip netns exec $ROUTER ip rule add iif to-client lookup {0}\n"
                                          "ip netns exec $ROUTER ip rule add iif to-server lookup {0}",
                                          table)};
    }

private:
    static constexpr int table = 100;
    unsigned char type_;
    const char* word_;
    std::array<Ipv4, 2> ends_{};
    mutable std::optional<RouteSocket> routes_;
    std::vector<RouteSocket::Change> changes_;
};

struct Blackhole final : DeadEnds {
    explicit Blackhole(const FaultInfo& about) : DeadEnds(about, RTN_BLACKHOLE, "blackhole") {}
};
struct Unreachable final : DeadEnds {
    explicit Unreachable(const FaultInfo& about) : DeadEnds(about, RTN_UNREACHABLE, "unreachable") {}
};

} // namespace

extern const FaultKind blackhole_route, unreachable_route;
const FaultKind blackhole_route{{.name = "blackhole-route",
                                 .summary = "the router gets blackhole routes to both ends: what it is to pass is dropped, and nobody is told",
                                 .effect = Effect::silence,
                                 .path = Passage::silent,
                                 .needs = {},
                                 .bracket_limit = with_network_lock},
                                make_fault<Blackhole>};
const FaultKind unreachable_route{
    {.name = "unreachable-route",
     .summary = "the router gets unreachable routes to both ends: what it is to pass is answered by ICMP \"host unreachable\"",
     .effect = Effect::silence,
     .path = Passage::silent,
     .needs = {},
     .icmp = {.error = EHOSTUNREACH, .undoes_backoff = true, .by_route = true},
     .bracket_limit = with_network_lock},
    make_fault<Unreachable>};

} // namespace halfopen::faults
