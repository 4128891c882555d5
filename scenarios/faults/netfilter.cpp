// Faults of the router's packet filter. The rules lie ready in a dormant table; firing wakes it.

#include "scenarios/faults/router_rule.h"

namespace halfopen::faults {

namespace {

/// Both directions, before the route lookup: a drop in FORWARD comes after it, and once the client's interface is
/// gone the router would answer with an ICMP error instead of silence.
class Drop final : public RouterRule {
public:
    explicit Drop(const FaultInfo& about) : RouterRule(about, "prerouting priority raw", "counter drop") {}
    ByHand by_hand() const override {
        return {"ip netns exec $ROUTER iptables -t raw -A PREROUTING -j DROP"};
    }
};

/// Only what comes in by one of the router's ports is dropped.
class DropFrom : public RouterRule {
public:
    DropFrom(const FaultInfo& about, const char* port, const char* verdict)
        : RouterRule(about, "prerouting priority raw", verdict), port_(port) {}
    ByHand by_hand() const override {
        return {fmt::format("ip netns exec $ROUTER iptables -t raw -A PREROUTING -i {} -j DROP", port_)};
    }

private:
    const char* port_;
};

struct DropFromClient final : DropFrom {
    explicit DropFromClient(const FaultInfo& about)
        : DropFrom(about, "to-client", "iifname \"to-client\" counter drop") {}
};

struct DropToClient final : DropFrom {
    explicit DropToClient(const FaultInfo& about)
        : DropFrom(about, "to-server", "iifname \"to-server\" counter drop") {}
};

/// Between the router and the client nothing passes. What ends in the router itself goes on: a proxy's other connection.
class DropAtClient final : public RouterRule {
public:
    explicit DropAtClient(const FaultInfo& about)
        : RouterRule(about, "prerouting priority raw", "iifname \"to-client\" counter drop; ip daddr 192.0.2.10 counter drop") {}
    ByHand by_hand() const override {
        return {"ip netns exec $ROUTER iptables -t raw -A PREROUTING -i to-client -j DROP\n"
                "ip netns exec $ROUTER iptables -t raw -A PREROUTING -d 192.0.2.10 -j DROP"};
    }
};

/// A SYN passes, so that a handshake begins; its last segment, and whatever the client sends after it, does not.
class DropLastAck final : public RouterRule {
public:
    explicit DropLastAck(const FaultInfo& about)
        : RouterRule(about, "prerouting priority raw", "iifname \"to-client\" tcp flags & syn != syn counter drop") {}
    ByHand by_hand() const override {
        return {"ip netns exec $ROUTER iptables -t raw -A PREROUTING -i to-client -p tcp ! --tcp-flags SYN SYN -j DROP"};
    }
};

/// Answers only whoever sends the segment that hits it (nf_send_reset() in the kernel): on an idle link nobody
/// hears anything.
class RejectWithReset final : public RouterRule {
public:
    explicit RejectWithReset(const FaultInfo& about)
        : RouterRule(about, "forward priority filter", "meta l4proto tcp counter reject with tcp reset") {}
    ByHand by_hand() const override {
        return {"ip netns exec $ROUTER iptables -A FORWARD -p tcp -j REJECT --reject-with tcp-reset"};
    }
};

} // namespace

extern const FaultKind drop, drop_from_client, drop_to_client, drop_behind_proxy, drop_last_ack, reject_with_reset;
const FaultKind drop{{.name = "drop",
                      .summary = "the router drops every packet in both directions and says nothing",
                      .effect = Effect::silence,
                      .path = Passage::silent,
                      .needs = {"nf_tables"},
                      .heals = true},
                     make_fault<Drop>};
const FaultKind drop_from_client{{.name = "drop-from-client",
                                  .summary = "the router drops what the client sends, and passes what the server sends",
                                  .effect = Effect::silence,
                                  .path = Passage::to_client,
                                  .needs = {"nf_tables"}},
                                 make_fault<DropFromClient>};
const FaultKind drop_to_client{{.name = "drop-to-client",
                                .summary = "the router drops what the server sends, and passes what the client sends",
                                .effect = Effect::silence,
                                .path = Passage::to_server,
                                .needs = {"nf_tables"}},
                               make_fault<DropToClient>};
const FaultKind drop_behind_proxy{{.name = "drop-behind-proxy",
                                   .summary = "nothing passes between the client and the router, in which a proxy speaks for it",
                                   .effect = Effect::acknowledges_only,
                                   .path = Passage::silent,
                                   .needs = {"nf_tables"},
                                   .other_packets = Passage::passes, // The proxy's host is the other end, and answers.
                                   .of_our_client = true},
                                  make_fault<DropAtClient>};
const FaultKind drop_last_ack{{.name = "drop-last-ack",
                               .summary = "the router drops all that the client sends but its SYN",
                               .effect = Effect::silence,
                               .path = Passage::to_client,
                               .needs = {"nf_tables"},
                               .heals = true},
                              make_fault<DropLastAck>};
const FaultKind reject_with_reset{{.name = "reject-with-reset",
                                   .summary = "the router answers every TCP segment with a RST to its sender",
                                   .effect = Effect::reset_on_send,
                                   .path = Passage::reset,
                                   .needs = {"nf_tables", "nft_reject_ipv4"},
                                   .client_goes_on = true},
                                  make_fault<RejectWithReset>};

} // namespace halfopen::faults
