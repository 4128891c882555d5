// A NAT that forgets: the router masquerades the client's connections from the beginning, and the fault is the loss of
// its memory of them.

#include <optional>

#include "harness/base/error.h"
#include "harness/linux/conntrack.h"
#include "harness/linux/ruleset.h"
#include "harness/linux/sysctl.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

constexpr const char* loose = "net.netfilter.nf_conntrack_tcp_loose";

/// What the router does with a connection in the middle of which it wakes up.
struct Policy {
    const char* masquerade;  ///< "masquerade", with its options
    const char* firewall;    ///< chains of nft
    bool picks_up;           ///< it takes such a connection for a new one (net.netfilter.nf_conntrack_tcp_loose)
    const char* by_iptables; ///< the same for a person
};

class Forget : public FaultBase {
public:
    Forget(const FaultInfo& about, const Policy& policy) : FaultBase(about), policy_(policy) {}

    void arm(World& world) override {
        world.enter_router();
        load_rules(fmt::format("table ip nat {{ chain out {{ type nat hook postrouting priority srcnat; policy accept; "
                               "oifname \"to-server\" {}; }}; }}\ntable ip firewall {{ {}; }}",
                               policy_.masquerade, policy_.firewall));
        write_sysctl(loose, policy_.picks_up ? "1" : "0");
        table_.emplace();
    }
    void lead_up(World&) override {
        if (table_->count() == 0) throw Error(Exit::incomplete, "the router does not track the connection");
    }
    Bracket fire(World&) override { return stamped([this] { table_->forget_all(); }); }
    std::string why_not_bitten(World&) const override {
        // What picks connections up knows new ones by now; what does not, knows none.
        return policy_.picks_up || table_->count() == 0 ? "" : "the router still knows connections";
    }
    ByHand by_hand() const override {
        return {.lines = R"(ip netns exec $ROUTER python3 -c 'import socket, struct
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)  # NETLINK_NETFILTER
s.send(struct.pack("=IHHIIBBH", 20, 0x102, 5, 0, 0, 0, 0, 0))  # as "conntrack -F" does
exit(struct.unpack_from("=i", s.recv(99), 16)[0])')",
                .beforehand = fmt::format("{}\nip netns exec $ROUTER sysctl -qw {}={}", policy_.by_iptables, loose,
                                          policy_.picks_up ? 1 : 0)};
    }

private:
    const Policy& policy_;
    mutable std::optional<ConntrackTable> table_;
};

constexpr Policy drops{
    .masquerade = "masquerade",
    .firewall = "chain known { type filter hook prerouting priority filter; policy accept; ct state invalid counter drop; }",
    .picks_up = false,
    .by_iptables = R"(ip netns exec $ROUTER iptables -t nat -A POSTROUTING -o to-server -j MASQUERADE
ip netns exec $ROUTER iptables -A INPUT -m conntrack --ctstate INVALID -j DROP
ip netns exec $ROUTER iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP)"};

constexpr Policy rejects{
    .masquerade = "masquerade",
    .firewall = "chain to_us { type filter hook input priority filter; policy accept; "
                "meta l4proto tcp ct state invalid counter reject with tcp reset; }; "
                "chain through { type filter hook forward priority filter; policy accept; "
                "meta l4proto tcp ct state invalid counter reject with tcp reset; }",
    .picks_up = false,
    .by_iptables = R"(ip netns exec $ROUTER iptables -t nat -A POSTROUTING -o to-server -j MASQUERADE
ip netns exec $ROUTER iptables -A INPUT -p tcp -m conntrack --ctstate INVALID -j REJECT --reject-with tcp-reset
ip netns exec $ROUTER iptables -A FORWARD -p tcp -m conntrack --ctstate INVALID -j REJECT --reject-with tcp-reset)"};

/// A home router: from inside everything is a new connection, from outside nothing is.
constexpr Policy rebinds{
    .masquerade = "masquerade fully-random",
    .firewall = "chain to_us { type filter hook input priority filter; policy accept; "
                "iifname \"to-server\" ct state { new, invalid } counter drop; }",
    .picks_up = true,
    .by_iptables = R"(ip netns exec $ROUTER iptables -t nat -A POSTROUTING -o to-server -j MASQUERADE --random-fully
ip netns exec $ROUTER iptables -A INPUT -i to-server -m conntrack --ctstate NEW,INVALID -j DROP)"};

struct Drops final : Forget {
    explicit Drops(const FaultInfo& about) : Forget(about, drops) {}
};
struct Rejects final : Forget {
    explicit Rejects(const FaultInfo& about) : Forget(about, rejects) {}
};
struct Rebinds final : Forget {
    explicit Rebinds(const FaultInfo& about) : Forget(about, rebinds) {}
};

/// The NAT's rules say nothing of datagrams: the client's next one is a new connection and gets through. Echo requests
/// are for the NAT itself, whose address is all that the server knows of the client.
FaultInfo forgetting(std::string_view name, std::string_view summary, Effect effect, Passage path, Particulars particulars = {}) {
    return {.name = name,
            .summary = summary,
            .effect = effect,
            .path = path,
            .needs = {"nf_tables", "nft_reject_ipv4", "nft_ct", "nft_chain_nat", "nft_masq", "nf_conntrack_netlink"},
            .other_packets = Passage::passes,
            .client_goes_on = true,
            .particulars = particulars};
}

} // namespace

extern const FaultKind forget_nat, forget_nat_reset, forget_nat_rebind;
const FaultKind forget_nat{forgetting("forget-nat", "the NAT forgets all connections, and drops what belongs to none",
                                      Effect::silence, Passage::silent),
                           make_fault<Drops>};
const FaultKind forget_nat_reset{
    forgetting("forget-nat-reset", "the NAT forgets all connections, and answers by RST what belongs to none",
               Effect::reset_on_send, Passage::reset),
    make_fault<Rejects>};
const FaultKind forget_nat_rebind{
    forgetting("forget-nat-rebind",
               "the NAT forgets all connections, gives what comes from inside a new port, and drops what comes from outside",
               Effect::silence, Passage::client_reset, {.client_told = true, .no_echo = true}),
    make_fault<Rebinds>};

} // namespace halfopen::faults
