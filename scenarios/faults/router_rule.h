#pragma once
// A rule of the router's packet filter that lies ready in a dormant table; firing wakes it.

#include <optional>

#include "harness/linux/ruleset.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

/// A table with one chain; `hook` is where the chain hangs and `verdict` what it does with every packet.
class RouterRule : public FaultBase {
public:
    RouterRule(const FaultInfo& about, const char* hook, const char* verdict)
        : FaultBase(about), hook_(hook), verdict_(verdict) {}

    void arm(World& world) override {
        world.enter_router();
        load_rules(fmt::format("table ip {} {{ flags dormant; chain path {{ type filter hook {}; policy accept; {}; }}; }}",
                               table(), hook_, verdict_));
        rules_.emplace(table());
    }
    Bracket fire(World&) override { return stamped([this] { rules_->wake(); }); }
    void heal(World&) override { rules_->sleep(); }
    std::string why_not_bitten(World&) const override {
        return rules_->is_awake() ? "" : "the rules in the router are still asleep";
    }
    std::string why_not_healed(World&) const override {
        return rules_->is_awake() ? "the rules in the router are still awake" : "";
    }

private:
    static const char* table() { return "fault"; }
    const char* hook_;
    const char* verdict_;
    mutable std::optional<DormantTable> rules_;
};

} // namespace halfopen::faults
