// A RST that neither end has sent: somebody on the path forges one in the client's name.

#include <optional>

#include "harness/linux/segments.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// As python types it. An old-fashioned SYN in the client's name draws a challenge ACK (RFC 5961, 4.2), which tells whoever
/// sees it pass what number the server expects next.
std::string forge_by_hand(uint32_t beyond) {
    return fmt::format(R"(ip netns exec $ROUTER python3 - $(ip netns exec $CLIENT ss -tnH state established | awk '{{print $3, $4}}') <<'END'
import socket, struct, sys
(client, cport), (server, sport) = (end.split(":") for end in sys.argv[1:3])
ends, ports = socket.inet_aton(client) + socket.inet_aton(server), struct.pack("!HH", int(cport), int(sport))
def forge(sequence, flags):
    tcp = lambda check: ports + struct.pack("!IIBBHHH", sequence, 0, 0x50, flags, 0, check, 0)
    total = sum(struct.unpack("!16H", ends + struct.pack("!HH", 6, 20) + tcp(0)))
    total = (total >> 16) + (total & 0xffff)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, 64, 6, 0) + ends
    raw.sendto(ip + tcp(~(total + (total >> 16)) & 0xffff), (server, 0))
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
tap.bind(("to-server", 0x0800))
forge(0, 0x02)  # SYN: the server answers with the number that it expects
seen = b""
while seen[20:24] != ports[2:] + ports[:2]: seen = tap.recv(100)
forge(struct.unpack("!I", seen[28:32])[0] + {}, 0x04)  # RST
END)",
                       beyond);
}

class ForgedReset : public FaultBase {
public:
    /// `beyond`: how far its number lies behind the one that the server expects.
    ForgedReset(const FaultInfo& about, uint32_t beyond) : FaultBase(about), beyond_(beyond) {}

    void arm(World& world) override {
        world.enter_router();
        tap_.emplace("to-server");
        forger_.emplace();
    }
    void lead_up(World& world) override { client_ = world.client_endpoint(); }
    Bracket fire(World&) override {
        while (const auto segment = tap_->take()) learn(*segment);
        return stamped([this] { forger_->send(client_, server_, expected_ + beyond_); });
    }
    std::string why_not_bitten(World&) const override {
        bool sent = false, challenged = false;
        for (auto s = tap_->take(); s; s = tap_->take()) {
            if (is_clients(*s) && s->has(tcp_flag::rst)) sent = true;
            if (!sent && is_clients(*s) && s->data > 0) return "noisy: the client wrote while the RST was forged";
            challenged |= sent && s->from() == server_ && s->to() == client_ && s->acknowledged == expected_;
        }
        if (!sent) return "the forged RST did not leave the router";
        return beyond_ == 0 || challenged ? "" : "the server did not answer the forged RST";
    }
    ByHand by_hand() const override { return {forge_by_hand(beyond_)}; }

private:
    /// By its addresses, so that one that is forged is the client's too.
    bool is_clients(const Packet& s) const { return s.from() == client_ && s.to() == server_; }
    /// Nothing that is on its way by now is a SYN or a FIN.
    void learn(const Packet& s) {
        if (is_clients(s)) expected_ = s.sequence + s.data;
    }

    uint32_t beyond_, expected_ = 0;
    Endpoint client_, server_{server_address, server_port};
    std::optional<SegmentTap> tap_;
    std::optional<ResetForger> forger_;
};

struct Exact final : ForgedReset {
    explicit Exact(const FaultInfo& about) : ForgedReset(about, 0) {}
};
/// Inside the window, which was enough to reset a connection before RFC 5961.
struct OffWindow final : ForgedReset {
    explicit OffWindow(const FaultInfo& about) : ForgedReset(about, 1000) {}
};

} // namespace

extern const FaultKind forge_reset, forge_reset_inexact;
const FaultKind forge_reset{{.name = "forge-reset",
                             .summary = "a third party sends a RST in the client's name, with the number that the server expects",
                             .effect = Effect::reset,
                             .path = Passage::passes,
                             .needs = {},
                             .client_goes_on = true,
                             .of_our_client = true},
                            make_fault<Exact>};
const FaultKind forge_reset_inexact{
    {.name = "forge-reset-inexact",
     .summary = "a third party sends a RST in the client's name, whose number is inside the window and not the expected one",
     .effect = Effect::nothing,
     .path = Passage::passes,
     .needs = {},
     .of_our_client = true},
    make_fault<OffWindow>};

} // namespace halfopen::faults
