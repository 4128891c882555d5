// SOCK_DESTROY: an administrator of the client's host ends its connection from outside, as `ss -K` does.

#include <optional>

#include <fmt/format.h>

#include "harness/linux/socket_table.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// The client's kernel sends a RST, and its program finds ECONNABORTED (net/ipv4/tcp.c: tcp_abort()).
class DestroySocket final : public FaultBase {
public:
    using FaultBase::FaultBase;
    void lead_up(World& world) override {
        world.topology().client.enter();
        table_.emplace();
        client_ = world.client_endpoint();
        killer_.emplace(client_, Endpoint{server_address, server_port});
    }
    Bracket fire(World&) override { return stamped([this] { killer_->destroy(); }); }
    std::string why_not_bitten(World&) const override {
        const auto left = table_->find(client_, {server_address, server_port});
        return left ? fmt::format("the client's socket is still there, in state {}", left->state) : "";
    }
    ByHand by_hand() const override { return {"ip netns exec $CLIENT ss -tK state established"}; }

private:
    Endpoint client_;
    std::optional<SocketTable> table_;
    std::optional<SocketKiller> killer_;
};

} // namespace

extern const FaultKind destroy_socket;
const FaultKind destroy_socket{{.name = "destroy-socket",
                                .summary = "the client's kernel is told to destroy the socket (SOCK_DESTROY): RST",
                                .effect = Effect::reset,
                                .path = Passage::passes,
                                .needs = {"inet_diag", "tcp_diag"},
                                .of_our_client = true},
                               make_fault<DestroySocket>};

} // namespace halfopen::faults
