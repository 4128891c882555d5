// Faults of the handshake: the client connects at the fault, and something is in its way.

#include <netinet/tcp.h>

#include "harness/linux/socket_table.h"
#include "scenarios/faults/by_hand.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// The client calls connect(). What comes of it is read back from both ends: the state that each believes in.
class ClientConnects final : public FaultBase {
public:
    using FaultBase::FaultBase;
    void lead_up(World& world) override {
        world.topology().server.enter();
        server_.emplace();
        world.topology().client.enter();
        client_.emplace();
    }
    bool alert(World& world, Instant due) override { return world.alert_client(ClientDo::connect, due); }
    Bracket fire(World& world) override { return world.tell_client(ClientDo::connect); }
    std::string why_not_bitten(World& world) const override {
        const Endpoint end{world.topology().client_ip, client_port};
        const int client = state_of(*client_, end, true), server = state_of(*server_, end, false);
        if (client == TCP_ESTABLISHED && server == TCP_SYN_RECV) return {};
        if (client == TCP_SYN_SENT && server == 0) return {};
        return fmt::format("the client's end is {}, the server's {}", client ? ss_name(client) : "not there",
                           server ? ss_name(server) : "not there");
    }
    ByHand by_hand() const override { return {python_client("pass"), true}; }

private:
    static int state_of(const SocketTable& table, Endpoint client, bool at_client) {
        for (const TcpSocket& s : table.read())
            if ((at_client ? s.local : s.remote) == client) return s.state;
        return 0;
    }
    std::optional<SocketTable> server_, client_;
};

} // namespace

extern const FaultKind client_connects;
const FaultKind client_connects{{.name = "client-connects",
                                 .summary = "the client calls connect(), and the handshake is not finished",
                                 .effect = Effect::silence,
                                 .path = Passage::passes,
                                 .needs = {"inet_diag", "tcp_diag"},
                                 .of_our_client = true},
                                make_fault<ClientConnects>};

} // namespace halfopen::faults
