#pragma once
// The labs that a run can be asked for: this machine's kernel and clock, or a guest's.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/lab/guest_kernel.h"
#include "harness/trial/plan.h"
#include "harness/trial/session.h"
#include "harness/trial/shard.h"

namespace halfopen {

struct LabChoice {
    std::optional<GuestKernel> guest; ///< nothing: the namespaces lab
    std::optional<OwnServer> server{};  ///< of the user's own, that is tried
    std::shared_ptr<CommandLog> log{};  ///< what it prints
    int floor_samples = 12;           ///< of each kind, in the namespaces lab
    int jobs = 0;                     ///< worlds, or virtual machines, at a time; 0: as many as the machine can

    std::string kernel() const;
    std::string name() const { return guest ? "virtual" : "namespaces"; }
    std::string clock() const { return guest ? "virtual" : "wall"; }
};

/// `lab` is "namespaces" or "virtual"; the default kernel is the first that is in the cache. CannotHere when there is
/// no such kernel here.
LabChoice choose_lab(const std::string& lab, const std::string& kernel, int jobs);
/// CannotHere, with the mend, when this machine cannot run it.
void must_run_here(const LabChoice&);

/// What the rules must know of a guest's kernel; nothing for this machine's own, which is asked when it runs.
std::optional<KernelFacts> facts_of_kernel(const LabChoice&);
/// The plan as this lab would run it: predictions by its kernel, cells that it cannot run with the reason.
Plan plan_for(const LabChoice&, Selection);

/// The ids that other shards run. In the virtual lab whole portions are dealt out: their trials share a machine.
std::set<std::string> ids_of_others(const LabChoice&, const Plan&, const Shard&);

/// "789 trials, about 95 s; ...": before the first second.
std::string say_plan(const LabChoice&, const Plan&);
/// "shard 2/4: 3700 of these 14800 trials, about 2 min 20 s".
std::string say_shard(const LabChoice&, const Plan&, const std::string& shard);
/// What bounds how much runs at a time.
std::string say_bounds(const LabChoice&);

/// Starts the lab with what is not `done` yet.
std::unique_ptr<Session> open_lab(const LabChoice&, const Plan&, const std::set<std::string>& done);

/// What results in virtual time are bound to; nothing in the namespaces lab.
std::optional<Guest> bound_to(const LabChoice&, const Plan&, const LabFacts&);

} // namespace halfopen
