// The router loses its way: a route that leads nowhere, not a filter.

#include <array>
#include <cerrno>
#include <optional>

#include "harness/linux/link.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// A dead end to either host: more exact than the routes of the two cables, so that it counts.
class DeadEnds : public FaultBase {
public:
    DeadEnds(const FaultInfo& about, DeadEnd end, const char* word) : FaultBase(about), end_(end), word_(word) {}

    void arm(World& world) override {
        world.enter_router();
        routes_.emplace();
        ends_ = {InterfaceAddress{world.topology().client_ip, 32}, InterfaceAddress{server_address, 32}};
    }
    Bracket fire(World&) override {
        return stamped([this] {
            for (const InterfaceAddress& host : ends_) routes_->add_dead_end(host, end_);
        });
    }
    void heal(World&) override {
        for (const InterfaceAddress& host : ends_) routes_->remove_dead_end(host, end_);
    }
    std::string why_not_bitten(World&) const override {
        for (const InterfaceAddress& host : ends_)
            if (!routes_->has_dead_end(host, end_)) return fmt::format("the router has no {} route to {}", word_, to_string(host.address));
        return {};
    }
    std::string why_not_healed(World&) const override {
        for (const InterfaceAddress& host : ends_)
            if (routes_->has_dead_end(host, end_)) return fmt::format("the router still has a {} route to {}", word_, to_string(host.address));
        return {};
    }
    ByHand by_hand() const override {
        return {fmt::format("ip netns exec $ROUTER ip route add {0} {1}\nip netns exec $ROUTER ip route add {0} {2}", word_,
                            to_string(client_address), to_string(server_address))};
    }

private:
    DeadEnd end_;
    const char* word_;
    std::array<InterfaceAddress, 2> ends_{};
    mutable std::optional<RouteSocket> routes_;
};

struct Blackhole final : DeadEnds {
    explicit Blackhole(const FaultInfo& about) : DeadEnds(about, DeadEnd::blackhole, "blackhole") {}
};
struct Unreachable final : DeadEnds {
    explicit Unreachable(const FaultInfo& about) : DeadEnds(about, DeadEnd::unreachable, "unreachable") {}
};

} // namespace

extern const FaultKind blackhole_route, unreachable_route;
const FaultKind blackhole_route{{.name = "blackhole-route",
                                 .summary = "the router gets blackhole routes to both ends: what it is to pass is dropped, and nobody is told",
                                 .effect = Effect::silence,
                                 .path = Passage::silent,
                                 .needs = {},
                                 .heals = true},
                                make_fault<Blackhole>};
const FaultKind unreachable_route{
    {.name = "unreachable-route",
     .summary = "the router gets unreachable routes to both ends: what it is to pass is answered by ICMP \"host unreachable\"",
     .effect = Effect::silence,
     .path = Passage::silent,
     .needs = {},
     .icmp = {.error = EHOSTUNREACH, .undoes_backoff = true, .by_route = true}},
    make_fault<Unreachable>};

} // namespace halfopen::faults
