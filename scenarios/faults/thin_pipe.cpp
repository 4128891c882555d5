// The path becomes thin: what is sent faster than it takes waits in a queue.

#include <optional>

#include "harness/linux/token_bucket.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// Buckets wait on the router's two ports, so wide that everything passes at once.
class ThinPipe final : public FaultBase {
public:
    ThinPipe(const FaultInfo& about, const FaultSettings& settings)
        : FaultBase(about), bits_(settings.bits_per_second), latency_(settings.impairment.delay) {
        thin_.bytes_per_second = bits_ / 8;
        thin_.queue = thin_.bucket + static_cast<unsigned>(thin_.bytes_per_second * latency_ / std::chrono::seconds{1});
    }

    void arm(World& world) override {
        world.enter_router();
        to_client_.emplace("to-client", thin_);
        to_server_.emplace("to-server", thin_);
    }
    Bracket fire(World&) override {
        return stamped([this] {
            to_client_->shrink();
            to_server_->shrink();
        });
    }
    std::string why_not_bitten(World&) const override {
        for (TokenBucket* bucket : {&*to_client_, &*to_server_})
            if (bucket->rate() != thin_.bytes_per_second) return "the buckets on the router's ports are as wide as they were";
        return {};
    }
    ByHand by_hand() const override {
        const auto line = [this](const char* port) {
            return fmt::format("ip netns exec $ROUTER tc qdisc replace dev {} root tbf rate {}bit burst {} latency {}", port,
                               bits_, thin_.bucket, spell(latency_));
        };
        return {line("to-client") + "\n" + line("to-server")};
    }

private:
    unsigned bits_;
    Duration latency_;
    TokenBucket::Size thin_{.bucket = 1600};
    mutable std::optional<TokenBucket> to_client_, to_server_;
};

} // namespace

extern const FaultKind thin_pipe;
const FaultKind thin_pipe{{.name = "thin-pipe",
                           .summary = "the path takes `bits_per_second` each way, and a queue holds the rest for `delay` at most",
                           .effect = Effect::slow,
                           .path = Passage::passes,
                           .needs = {"sch_tbf"},
                           .keys = {"bits_per_second", "delay"},
                           .bracket_limit = with_network_lock},
                          make_fault<ThinPipe>};

} // namespace halfopen::faults
