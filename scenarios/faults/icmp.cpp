// A router that refuses politely: it passes nothing, and tells whoever sends so by an ICMP error.

#include <cerrno>

#include "scenarios/faults/router_rule.h"

namespace halfopen::faults {

namespace {

/// Answers whoever sends, as far as the router's rate limit allows (net.ipv4.icmp_ratelimit).
class Refuse : public RouterRule {
public:
    Refuse(const FaultInfo& about, const char* verdict, const char* by_iptables)
        : RouterRule(about, "forward priority filter", verdict), by_iptables_(by_iptables) {}
    ByHand by_hand() const override {
        return {fmt::format("ip netns exec $ROUTER iptables -A FORWARD -j REJECT --reject-with {}", by_iptables_)};
    }

private:
    const char* by_iptables_;
};

struct HostUnreachable final : Refuse {
    explicit HostUnreachable(const FaultInfo& about)
        : Refuse(about, "counter reject with icmp type host-unreachable", "icmp-host-unreachable") {}
};
struct NetUnreachable final : Refuse {
    explicit NetUnreachable(const FaultInfo& about)
        : Refuse(about, "counter reject with icmp type net-unreachable", "icmp-net-unreachable") {}
};
struct PortUnreachable final : Refuse {
    explicit PortUnreachable(const FaultInfo& about)
        : Refuse(about, "counter reject with icmp type port-unreachable", "icmp-port-unreachable") {}
};
struct AdminProhibited final : Refuse {
    explicit AdminProhibited(const FaultInfo& about)
        : Refuse(about, "counter reject with icmp type admin-prohibited", "icmp-admin-prohibited") {}
};

/// What they have in common; the errno of each is in net/ipv4/icmp.c: icmp_err_convert.
FaultInfo refusing(std::string_view name, std::string_view summary, IcmpAnswer icmp) {
    return {.name = name,
            .summary = summary,
            .effect = Effect::silence,
            .path = Passage::silent,
            .needs = {"nf_tables", "nft_reject_ipv4"},
            .icmp = icmp};
}

} // namespace

extern const FaultKind refuse_host, refuse_net, refuse_port, refuse_admin;
const FaultKind refuse_host{
    refusing("refuse-host-unreachable", "the router passes nothing, and answers by ICMP \"host unreachable\" (type 3, code 1)",
             {.error = EHOSTUNREACH, .undoes_backoff = true}),
    make_fault<HostUnreachable>};
const FaultKind refuse_net{
    refusing("refuse-net-unreachable", "the router passes nothing, and answers by ICMP \"network unreachable\" (type 3, code 0)",
             {.error = ENETUNREACH, .undoes_backoff = true}),
    make_fault<NetUnreachable>};
const FaultKind refuse_port{
    refusing("refuse-port-unreachable", "the router passes nothing, and answers by ICMP \"port unreachable\" (type 3, code 3)",
             {.error = ECONNREFUSED}),
    make_fault<PortUnreachable>};
const FaultKind refuse_admin{
    refusing("refuse-admin-prohibited",
             "the router passes nothing, and answers by ICMP \"administratively prohibited\" (type 3, code 13)",
             {.error = EHOSTUNREACH}),
    make_fault<AdminProhibited>};

} // namespace halfopen::faults
