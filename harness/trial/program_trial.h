#pragma once
// One trial of a server of the user's own: its connection is broken, and it is watched from outside.

#include "harness/lab/connection_watch.h"
#include "harness/linux/held_back.h"
#include "harness/trial/own_server.h"
#include "harness/trial/trial.h"

namespace halfopen {

class ProgramTrial final : public WorldTrial {
public:
    /// `place` is the client's among those of that server. The client is `prepared`: it connects at start().
    ProgramTrial(const PlannedTrial&, const OwnServer&, const KernelFacts&, ConnectionWatch&, const CommandLog& client_log,
                 Topology, SlotLease);

    void start() override;
    bool is_settled() override;
    void write_at(Instant) override {} ///< The answer to its client's question is what it writes.
    bool has_noticed() override;

    /// How long it took from the hello to the answer; nothing when none was waited for.
    std::optional<Duration> answered_after() const;
    /// Of its socket, once it is settled.
    const std::optional<OptionsLine>& options() const { return options_; }

private:
    const Fate& fate() const { return watch_.fate(world_.topology().client_ip); }
    const Detector& method() const override { return *method_; }
    Situation read_situation(Instant due) const override;
    Duration anchor_before(Instant due, const Situation&) const override;
    void look_before_fault() override;
    std::string why_not_ready(Instant due) override;
    Precision precision(const FaultInfo&) const override;
    void just_before_fault() override;
    std::string why_in_vain() override;
    void judge_line(TrialLine&) override;
    std::string why_not_a_result() override;
    std::string why_not_accepted() const;
    bool asks() const { return planned_.traffic == Traffic::one_write; }
    Duration patience() const;

    const OwnServer& server_;
    ConnectionWatch& watch_;
    const CommandLog& client_log_;
    std::shared_ptr<const Detector> method_;
    std::optional<OptionsLine> options_;
    pid_t owner_ = 0; ///< the process that holds the server's end
    std::optional<HeldBack> held_back_; ///< the server, from the question to the fault
    Instant started_{};
    std::string before_; ///< the socket as ss shows it just before the fault
};

} // namespace halfopen
