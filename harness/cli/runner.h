#pragma once
// The run itself, from the plan to the last record.

#include <functional>
#include <string>
#include <vector>

#include "harness/cli/labs.h"
#include "harness/cli/progress.h"
#include "harness/trial/plan.h"
#include "harness/trial/store.h"

namespace halfopen {

struct RunOptions {
    Selection selection;
    std::vector<std::string> kernels;
    std::string horizon, output, lab = "namespaces", progress = "auto", colour = "auto";
    std::vector<std::string> requirements;
    bool dry_run = false, json = false, ascii = false;
    int jobs = 0;
    std::string shard; ///< "2/4"; empty: all
    std::optional<Duration> within; ///< what `try` was asked for
    std::vector<std::string> command;
};

/// The plan that a run line's command selects. Its ids are the same in every lab.
Plan plan_of_command(const std::vector<std::string>& command);

/// Hears from the lab, appends, shows.
class Runner {
public:
    Runner(const LabChoice&, const Plan&, const RunOptions&, Store&, const Terminal&);
    /// Called a few times a second while it runs.
    void on_tick(std::function<void()> tick) { on_tick_ = std::move(tick); }
    /// Runs what the store does not hold yet. The signal that ended it, or 0.
    int run();
    /// What a server of the user's own printed, where that came from the lab; and what the lab remarked.
    const std::string& server_log() const { return server_log_; }
    const std::vector<std::string>& remarks() const { return remarks_; }

private:
    int listen(Session&, class Interrupts&);
    void drain(Session&);
    bool take(const Heard&);
    void add(const TrialLine&);
    void append_end(Duration wall, bool interrupted);

    const LabChoice& lab_;
    const Plan& plan_;
    const RunOptions& options_;
    Store& store_;
    Records records_;
    ProgressView view_;
    std::function<void()> on_tick_ = [] {};
    Duration lab_time_{0};
    std::string server_log_;
    std::vector<std::string> remarks_;
};

} // namespace halfopen
