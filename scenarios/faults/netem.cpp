// Faults of the path's quality: packets are late, damaged, or overtake each other. netem waits on the router's two ports,
// doing nothing; firing changes its numbers.

#include <algorithm>
#include <optional>

#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// As tc(8) takes it: "delay 100ms 80ms".
std::string spelled(const Impairment& i) {
    std::string text;
    if (i.delay > Duration::zero()) text += " delay " + spell(i.delay);
    if (i.jitter > Duration::zero()) text += " " + spell(i.jitter);
    if (i.reorder_percent > 0) text += fmt::format(" reorder {}%", i.reorder_percent);
    if (i.duplicate_percent > 0) text += fmt::format(" duplicate {}%", i.duplicate_percent);
    if (i.corrupt_percent > 0) text += fmt::format(" corrupt {}%", i.corrupt_percent);
    return text;
}

class Impaired final : public FaultBase {
public:
    Impaired(const FaultInfo& about, const FaultSettings& settings) : FaultBase(about), impaired_(settings.impairment) {}

    void arm(World& world) override {
        usual_.delay = world.one_way();
        impaired_.delay = std::max(impaired_.delay, usual_.delay);
        world.enter_router();
        to_client_.emplace("to-client", usual_, impaired_);
        to_server_.emplace("to-server", usual_, impaired_);
    }
    Bracket fire(World&) override {
        return stamped([this] {
            to_client_->impair();
            to_server_->impair();
        });
    }
    void heal(World&) override {
        to_client_->relieve();
        to_server_->relieve();
    }
    std::string why_not_bitten(World&) const override {
        return both_are(impaired_) ? "" : "netem on the router's ports does not have the fault's numbers";
    }
    std::string why_not_healed(World&) const override {
        return both_are(usual_) ? "" : "netem on the router's ports still has the fault's numbers";
    }
    ByHand by_hand() const override {
        constexpr const char* line = "ip netns exec $ROUTER tc qdisc replace dev {} root netem limit 10000{}";
        return {fmt::format("{}\n{}", fmt::format(line, "to-client", spelled(impaired_)),
                            fmt::format(line, "to-server", spelled(impaired_)))};
    }

private:
    bool both_are(const Impairment& wanted) const { return to_client_->read() == wanted && to_server_->read() == wanted; }

    Impairment usual_, impaired_;
    mutable std::optional<Netem> to_client_, to_server_;
};

} // namespace

extern const FaultKind delay, jitter, reorder, duplicate, corrupt;
const FaultKind delay{{.name = "delay",
                       .summary = "every packet takes `delay` each way",
                       .effect = Effect::slow,
                       .path = Passage::passes,
                       .needs = {"sch_netem"},
                       .keys = {"delay"},
                       .heals = true,
                       .bracket_limit = with_network_lock},
                      make_fault<Impaired>};
const FaultKind jitter{{.name = "jitter",
                        .summary = "every packet takes `delay`, more or less up to `jitter`, each way; some overtake others",
                        .effect = Effect::slow,
                        .path = Passage::passes,
                        .needs = {"sch_netem"},
                        .keys = {"delay", "jitter"},
                        .heals = true,
                        .bracket_limit = with_network_lock},
                       make_fault<Impaired>};
const FaultKind reorder{{.name = "reorder",
                         .summary = "packets take `delay` each way, except `reorder_percent` that overtake them",
                         .effect = Effect::slow,
                         .path = Passage::passes,
                         .needs = {"sch_netem"},
                         .keys = {"delay", "reorder_percent"},
                         .heals = true,
                         .bracket_limit = with_network_lock},
                        make_fault<Impaired>};
// Who gets a segment twice acknowledges it twice and passes it on once (RFC 9293, 3.10.7.4): nothing is lost or late.
const FaultKind duplicate{{.name = "duplicate",
                           .summary = "`duplicate_percent` of the packets in each direction arrive twice",
                           .effect = Effect::nothing,
                           .path = Passage::passes,
                           .needs = {"sch_netem"},
                           .keys = {"duplicate_percent"},
                           .heals = true,
                           .bracket_limit = with_network_lock},
                          make_fault<Impaired>};
// A flipped bit is found by a checksum, and the packet is dropped: a loss.
const FaultKind corrupt{{.name = "corrupt",
                         .summary = "one bit is flipped in `corrupt_percent` of the packets in each direction",
                         .effect = Effect::lossy,
                         .path = Passage::unchecked,
                         .needs = {"sch_netem"},
                         .keys = {"corrupt_percent"},
                         .heals = true,
                         .bracket_limit = with_network_lock},
                        make_fault<Impaired>};

} // namespace halfopen::faults
