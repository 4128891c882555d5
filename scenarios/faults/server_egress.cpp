// The server's own queueing discipline has no room: a fault of the host that TCP is told of, packet by packet.

#include <optional>

#include "harness/linux/token_bucket.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// The bucket waits on the server's link, so wide that everything passes; firing makes it smaller than any packet. One that is
/// longer than the bucket is refused at once, and whoever sent it is told: NET_XMIT_DROP (tbf_enqueue()).
class ServerEgressDrop final : public FaultBase {
public:
    using FaultBase::FaultBase;
    void arm(World& world) override {
        world.topology().server.enter();
        bucket_.emplace("eth0", TokenBucket::Size{.bucket = 10});
    }
    Bracket fire(World&) override { return stamped([this] { bucket_->shrink(); }); }
    std::string why_not_bitten(World&) const override {
        return bucket_->refused() > 0 ? "" : "the server's queueing discipline has refused nothing";
    }
    ByHand by_hand() const override {
        return {"ip netns exec $SERVER tc qdisc add dev eth0 root tbf rate 1gbit burst 10 limit 10000"};
    }

private:
    mutable std::optional<TokenBucket> bucket_;
};

} // namespace

extern const FaultKind server_egress_drop;
const FaultKind server_egress_drop{{.name = "server-egress-drop",
                                    .summary = "the server's own queueing discipline drops all that it sends, and says so to TCP",
                                    .effect = Effect::silence,
                                    .path = Passage::to_server,
                                    .needs = {"sch_tbf"},
                                    .particulars = {.refusal = Refusal::drop},
                                    .bracket_limit = with_network_lock},
                                   make_fault<ServerEgressDrop>};

} // namespace halfopen::faults
