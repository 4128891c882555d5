#pragma once
// One trial in a real world: one scenario x traffic x detector x repeat.

#include <memory>
#include <vector>

#include "harness/lab/lab.h"
#include "harness/linux/tcp_info.h"
#include "harness/trial/schedule.h"

namespace halfopen {

class NamespaceTrial final : public LiveTrial {
public:
    /// Builds the world, arms the faults, makes the connection and starts the roles, which then wait. `slot` must be
    /// fresh and outlive the trial; `noticed` is the eventfd that the server posts with its verdict.
    NamespaceTrial(const PlannedTrial&, const Sysctls&, const KernelFacts&, Slot& slot, const Fd& noticed);

    void start() override { world_.start(); }
    bool is_settled() override;
    std::string fire() override;
    void write_at(Instant t) override { world_.make_server_write(t); }
    void verify() override;
    bool has_noticed() override { return world_.slot().signal.is_set(); }
    void heal() override;
    TrialLine finish(const std::string& invalid) override;

    World& world() { return world_; }

private:
    /// The situation as it will be at `due`, a moment ahead.
    Situation read_situation(Instant due) const;
    /// Stores situation and prediction for that instant; false when that took until after it.
    bool predict_for(Instant due);
    /// Compares the socket's options with what the detector says, and makes the write of in-flight.
    std::string why_not_ready(Instant due);
    Duration anchor_before(Instant now, const Situation&) const;
    /// How long a byte may take that must arrive.
    Duration patience() const;
    /// After the notice or the horizon a byte may be sent on the connection itself; empty when it met its fate.
    std::string why_path_is_wrong();
    void judge_line(TrialLine&, const std::string& invalid);
    void add_costs(TrialLine&) const;

    PlannedTrial planned_;
    KernelFacts kernel_;
    World world_;
    std::vector<std::unique_ptr<Fault>> faults_;
    Bracket bracket_{};
    std::optional<Instant> healed_;
    SituationLine situation_;
    Prediction predicted_;
    std::string not_bitten_, not_healed_;
    bool verified_ = false;
    std::optional<ThreadUsage> usage_before_;
    std::optional<TcpInfo> info_before_;
};

/// The facts that theory needs, from what was read back in a world.
KernelFacts kernel_facts(const std::vector<std::pair<std::string, std::optional<std::string>>>& sysctl, int hz);

} // namespace halfopen
