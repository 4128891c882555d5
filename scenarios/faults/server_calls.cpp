// Faults that are calls of the server's own: it shuts its sending side down, or closes, and waits for a client that never
// answers. The waiting is the failure; the call is where it begins.

#include <netinet/tcp.h>

#include "harness/linux/socket_table.h"
#include "harness/linux/tcp_info.h"
#include "scenarios/faults/by_hand.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// The program keeps its descriptor, so that FIN_WAIT2 has no limit of time (tcp_rcv_state_process()).
class ServerShutWrite final : public FaultBase {
public:
    using FaultBase::FaultBase;
    Bracket fire(World& world) override {
        return stamped([&] { world.shut_server_write(); });
    }
    std::string why_not_bitten(World& world) const override {
        const auto tcp = tcp_info(world.server_socket());
        return tcp && tcp->state == TCP_FIN_WAIT2 ? "" : "the server's end is not in FIN_WAIT2";
    }
    ByHand by_hand() const override { return {python_server("s.shutdown(socket.SHUT_WR)"), false, true}; }
};

/// Nobody holds the socket any more: an orphan, which the kernel brings to an end by its own rules (tcp_close()).
class ServerClose final : public FaultBase {
public:
    using FaultBase::FaultBase;
    void lead_up(World& world) override {
        client_ = world.client_endpoint();
        world.topology().server.enter();
        table_.emplace();
    }
    Bracket fire(World& world) override { return world.close_server(); }
    std::string why_not_bitten(World&) const override {
        for (const TcpSocket& s : table_->read())
            if (s.remote == client_ && s.inode == 0) return {};
        return "the server's end is not an orphan";
    }
    ByHand by_hand() const override { return {python_server("s.close()"), false, true}; }

private:
    Endpoint client_;
    std::optional<SocketTable> table_;
};

} // namespace

extern const FaultKind server_shut_write, server_close;
const FaultKind server_shut_write{{.name = "server-shutdown-write",
                                   .summary = "the server calls shutdown(SHUT_WR): its FIN is acknowledged",
                                   .effect = Effect::nothing,
                                   .path = Passage::passes,
                                   .needs = {},
                                   .of_our_client = true},
                                  make_fault<ServerShutWrite>};
const FaultKind server_close{{.name = "server-close",
                              .summary = "the server calls close(): its FIN, and an orphan",
                              .effect = Effect::nothing,
                              .path = Passage::passes,
                              .needs = {"inet_diag", "tcp_diag"},
                              .of_our_client = true},
                             make_fault<ServerClose>};

} // namespace halfopen::faults
