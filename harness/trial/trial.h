#pragma once
// One trial in a real world: one scenario x traffic x detector x repeat.

#include <memory>
#include <vector>

#include "harness/lab/lab.h"
#include "harness/linux/socket_states.h"
#include "harness/linux/tcp_info.h"
#include "harness/trial/capture.h"
#include "harness/trial/schedule.h"

namespace halfopen {

/// What every trial in a real world does, whoever the server is: armed faults are fired at an instant that was predicted
/// for, and looked after.
class WorldTrial : public LiveTrial {
public:
    std::string fire() final;
    std::string verify() final;
    void heal() final;
    TrialLine finish(const std::string& invalid) final;

    World& world() { return world_; }

protected:
    WorldTrial(const PlannedTrial&, const KernelFacts&, World);
    /// Before the connection is made.
    void arm();
    /// At the end of a world: heals what can be healed, so that a last word of the client's arrives.
    void undo_faults();

    /// What the plan and the world say of the situation, without the connection.
    Situation situation_of_world() const;
    /// The situation as it will be at `due`, a moment ahead.
    virtual Situation read_situation(Instant due) const = 0;
    virtual const Detector& method() const { return *planned_.detector; }
    virtual Duration anchor_before(Instant due, const Situation&) const = 0;
    virtual void look_before_fault() {}
    /// What is to be checked, or done, in the last 2 ms; empty, or why the trial is not a result.
    virtual std::string why_not_ready(Instant due) = 0;
    /// How late the fault may come, and within how long it may be known to have happened, before the machine has spoilt
    /// the trial.
    struct Precision {
        Duration slip, width;
    };
    virtual Precision precision(const FaultInfo& fault) const { return {std::chrono::microseconds{500}, fault.bracket_limit}; }
    /// In the last microseconds.
    virtual void just_before_fault() {}
    /// Right after the firing; the same.
    virtual std::string why_in_vain() { return {}; }
    /// What came of it.
    virtual void judge_line(TrialLine&) = 0;
    /// After the verdict; empty when all was as it should be.
    virtual std::string why_not_a_result() { return {}; }

    PlannedTrial planned_;
    KernelFacts kernel_;
    World world_;
    Bracket bracket_{};
    std::optional<Instant> healed_;
    SituationLine situation_;

private:
    /// A verdict about a fault that should have been healed before it is none; empty when it is one.
    std::string why_not_healed_by(Duration noticed_after) const;
    /// Whether an instant may be that of the fault.
    enum class Moment { good, past, on_the_beat };
    /// Stores situation and prediction for that instant. Past, when that took until after it.
    Moment predict_for(Instant due);
    /// An instant a little ahead, for which situation and prediction are stored; nothing that the method counts from has
    /// happened since they were read, unless the machine was too busy for a quarter of a second.
    Instant choose_moment();
    /// What the method counts its period from is about to happen again, or should have: whether before or after that instant is a
    /// matter of microseconds. Or it has happened since the reading began, `ahead` of that instant: then what was read may be
    /// of before it.
    bool is_on_the_beat(Instant due, Duration ahead, const Situation&) const;

    std::vector<std::unique_ptr<Fault>> faults_;
    Prediction predicted_;
    std::string not_bitten_, not_healed_;
    bool verified_ = false;
};

/// A detector that hears from the kernel itself, by eBPF.
bool needs_reports(const Detector&);

class NamespaceTrial final : public WorldTrial {
public:
    /// Builds the world, arms the faults, makes the connection and starts the roles, which then wait. `noticed` is the eventfd
    /// that the server posts with its verdict.
    /// With `instants` the kernel's own are known; a detector that needs its reports cannot do without.
    NamespaceTrial(const PlannedTrial&, const Sysctls&, const KernelFacts&, Launcher&, const Fd& noticed,
                   SocketStates* instants = nullptr);
    ~NamespaceTrial() override;

    void start() override { world_.start(); }
    void kill() override;
    bool is_settled() override;
    void write_at(Instant t) override { world_.make_server_write(t); }
    bool has_noticed() override { return world_.slot().signal.is_set(); }

private:
    Situation read_situation(Instant due) const override;
    Duration anchor_before(Instant due, const Situation&) const override;
    void look_before_fault() override;
    /// Compares the socket's options with what the detector says, and makes the write of in-flight.
    std::string why_not_ready(Instant due) override;
    /// Where watching begins with the fault, it begins here.
    std::string why_in_vain() override;
    void judge_line(TrialLine&) override;
    /// After the notice or the horizon a byte may be sent on the connection itself; empty when it met its fate.
    std::string why_not_a_result() override;
    /// How long a byte may take that must arrive.
    Duration patience() const;
    void add_costs(TrialLine&) const;
    void add_instants(TrialLine&) const;

    /// What the server's kernel keeps without any program is ended by the client's RST.
    void end_what_only_the_kernel_keeps();

    SocketStates* instants_;
    std::optional<LinkCapture> capture_;
    bool ended_ = false; ///< that

    std::optional<ThreadUsage> usage_before_;
    std::optional<TcpInfo> info_before_;
};

} // namespace halfopen
