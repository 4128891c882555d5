// Grey failures: the path is neither up nor down, but depends on what is sent.

#include "scenarios/faults/router_rule.h"

namespace halfopen::faults {

namespace {

/// Packets above a length are dropped in both directions, and nobody is told.
class DropLonger : public RouterRule {
public:
    DropLonger(const FaultInfo& about, const char* verdict, int shortest)
        : RouterRule(about, "prerouting priority raw", verdict), shortest_(shortest) {}
    ByHand by_hand() const override {
        return {fmt::format("ip netns exec $ROUTER iptables -t raw -A PREROUTING -p tcp -m length --length {}:65535 -j DROP",
                            shortest_)};
    }

private:
    int shortest_;
};

/// 20 bytes of IP, 20 of TCP and 12 of timestamps are a segment without a byte of data: an acknowledgement, a probe, a FIN.
struct DropData final : DropLonger {
    explicit DropData(const FaultInfo& about) : DropLonger(about, "meta l4proto tcp meta length > 52 counter drop", 53) {}
};
/// A data frame of this lab is 152 bytes long on the wire, a hello, a ping or a pong 60.
struct DropLarge final : DropLonger {
    explicit DropLarge(const FaultInfo& about) : DropLonger(about, "meta l4proto tcp meta length > 120 counter drop", 121) {}
};

} // namespace

extern const FaultKind drop_data, drop_large;
const FaultKind drop_data{{.name = "drop-data",
                           .summary = "the router drops every segment that carries data, in both directions, and passes all others",
                           .effect = Effect::silence,
                           .path = Passage::silent,
                           .needs = {"nf_tables"},
                           .bare_segments_pass = true,
                           .other_packets = Passage::passes},
                          make_fault<DropData>};
const FaultKind drop_large{{.name = "drop-large",
                            .summary = "the router drops every packet of more than 120 bytes, in both directions, and says nothing",
                            .effect = Effect::large_lost,
                            .path = Passage::small,
                            .needs = {"nf_tables"}},
                           make_fault<DropLarge>};

} // namespace halfopen::faults
