// Faults of the client's host: it is shut down in good order, or another host takes its address over.

#include <csignal>
#include <optional>

#include "harness/base/error.h"
#include "harness/linux/link.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// First SIGTERM, which this client does not obey, then SIGKILL: its kernel closes its socket while the network is still
/// there (systemd.kill(5), init(8)).
class ShutDown final : public FaultBase {
public:
    using FaultBase::FaultBase;
    void lead_up(World& world) override { world.signal_client(SIGTERM); }
    Bracket fire(World& world) override {
        obeyed_ = world.client().state() == Process::State::ended;
        return stamped([&] {
            world.signal_client(SIGKILL);
            if (!world.client().ends_within(std::chrono::seconds{1})) throw Error(Exit::incomplete, "the client does not end");
        });
    }
    std::string why_not_bitten(World& world) const override {
        if (obeyed_) return "the client's process obeyed SIGTERM";
        return world.client().state() == Process::State::ended ? "" : "the client's process did not end";
    }
    ByHand by_hand() const override {
        return {"kill -TERM $CLIENT_PID\nsleep 1  # many programs would have ended by now\nkill -KILL $CLIENT_PID"};
    }

private:
    bool obeyed_ = false;
};

/// A host that takes an address over knows nothing of its connections: what is sent to one is answered by RST (RFC 9293,
/// 3.10.7.1). Here the router is that host. The old one is still there, but what it sends under an address that is the
/// router's own is thrown away as it comes in (fib_validate_source()).
class MoveAddress final : public FaultBase {
public:
    using FaultBase::FaultBase;
    void arm(World& world) override {
        world.enter_router();
        router_.emplace();
    }
    Bracket fire(World&) override {
        return stamped([this] { router_->add_address("to-client", {client_address, 32}); });
    }
    ByHand by_hand() const override { return {"ip netns exec $ROUTER ip addr add 192.0.2.10/32 dev to-client"}; }

private:
    std::optional<RouteSocket> router_;
};

} // namespace

extern const FaultKind shut_down, move_address;
const FaultKind shut_down{{.name = "shut-down",
                           .summary = "the client's process gets SIGTERM, does not obey, and is killed: FIN",
                           .effect = Effect::fin,
                           .path = Passage::passes,
                           .needs = {},
                           .of_our_client = true,
                           .bracket_limit = process_ends},
                          make_fault<ShutDown>};
const FaultKind move_address{{.name = "move-address",
                              .summary = "another host, which knows nothing of the connection, has the client's address",
                              .effect = Effect::reset_on_send,
                              .path = Passage::reset,
                              .needs = {},
                              .of_our_client = true,
                              .bracket_limit = with_network_lock},
                             make_fault<MoveAddress>};

} // namespace halfopen::faults
