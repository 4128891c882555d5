#pragma once
// When what happens. Only the firing, and notices that follow at once, need quiet; so a group of worlds is built, left to
// settle, and fired one trial after another a few milliseconds apart. As soon as nobody is predicted to speak before it is
// done, the next group is built and fired while the ones before are still watched, so that the long waits overlap.

#include <functional>
#include <memory>
#include <vector>

#include "harness/base/noise.h"
#include "harness/lab/lab.h"
#include "harness/trial/plan.h"
#include "harness/trial/record.h"

namespace halfopen {

/// One trial under way, as the schedule sees it.
class LiveTrial {
public:
    virtual ~LiveTrial() = default;
    /// The proof of life; the detector begins to watch.
    virtual void start() = 0;
    /// True when nothing is on its way any more and the fault may be fired.
    virtual bool is_settled() = 0;
    /// Reads the situation, stores the prediction, fires. Empty when all went well, else why the trial is invalid.
    virtual std::string fire() = 0;
    /// The one write of `one-write`, at that instant.
    virtual void write_at(Instant) = 0;
    /// Whether the fault bites, by reading state back and by the canary; some milliseconds after the firing. Empty, also
    /// where it does not bite, or how the machine spoilt it.
    virtual std::string verify() = 0;
    virtual bool has_noticed() = 0;
    /// Undoes the fault, where the plan says so. Never after a notice.
    virtual void heal() = 0;
    /// Collects, judges; `invalid` is why the trial is not a result, empty when it is one.
    virtual TrialLine finish(const std::string& invalid) = 0;
    /// After finish(): ends its processes without waiting for them, so that those of several trials end at a time.
    virtual void kill() {}
};

/// Where trials are run: the real one, and in tests a scripted one with a clock of its own.
class TrialLab {
public:
    virtual ~TrialLab() = default;
    virtual Instant now() = 0;
    /// Sleeps; returns early, with false, when the run is to be stopped.
    virtual bool sleep_until(Instant) = 0;
    /// The same, and returns early, with true, when a detector has spoken since the last call.
    virtual bool sleep_until_notice(Instant) = 0;
    /// Errors of building become invalid trials; CannotHere becomes a skipped one.
    virtual std::unique_ptr<LiveTrial> build(const PlannedTrial&) = 0;
    /// Worlds that may be alive at once.
    virtual int capacity() = 0;
};

/// What the schedule tells while it goes on.
struct ScheduleEvents {
    std::function<void(const TrialLine&)> finished;
    /// `phase` is "building", "firing" or "waiting"; done of total; the end of the last open horizon.
    std::function<void(std::string_view phase, int done, int total, Instant until)> progress;
};

struct SchedulePace {
    Duration settle{std::chrono::milliseconds{300}};  ///< after building, before the first start
    Duration gap{std::chrono::milliseconds{5}};       ///< between two firings
    Duration verify_after{std::chrono::milliseconds{60}};
    Duration spare_pause{std::chrono::seconds{1}};    ///< before spares alone are built: sub-second notices are over
    Duration busy{std::chrono::milliseconds{30}};     ///< so long a world takes to be built, and no healing waits for it
    Duration judging{std::chrono::milliseconds{60}};  ///< the same for a judgement, which may wait for a delayed ACK
    int group = 350;                                  ///< worlds that are built and fired at a time
    int storms = 80; ///< the same for storms of signals, each of which takes half a percent of a processor
    int attempts = 6;                                 ///< of one trial, before it stays invalid
};

/// The trials that have no skip reason, in the order in which they are fired, and in the groups in which they are built.
std::vector<std::vector<const PlannedTrial*>> firing_groups(const std::vector<PlannedTrial>&, uint64_t seed, int capacity,
                                                            const SchedulePace& = {});

/// Runs all trials that have no skip reason; the others are only reported. Returns false when it was stopped: what
/// was finished has been told.
bool run_schedule(TrialLab&, const std::vector<PlannedTrial>&, uint64_t seed, const ScheduleEvents&,
                  const SchedulePace& = {});

/// A line for a trial that was not run.
TrialLine not_run(const PlannedTrial&, Outcome, const std::string& why);

} // namespace halfopen
