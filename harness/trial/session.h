#pragma once
// The program's side of a run: starts the supervisor with a list of trials and hears from it.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/lab/supervisor.h"
#include "harness/trial/plan.h"
#include "harness/trial/record.h"

namespace halfopen {

/// What the lab knows about the machine, before the first trial.
struct LabFacts {
    std::vector<std::pair<std::string, std::optional<std::string>>> sysctl;
    Floor floor;
    int hz = 0;
};

struct Progress {
    std::string phase; ///< "building", "firing", "waiting"
    int done = 0, total = 0;
    Instant until{}; ///< the end of the last open horizon, while waiting
};

struct Finished {}; ///< all trials have been told

using Heard = std::variant<LabFacts, TrialLine, Progress, Finished>;

class Session {
public:
    /// `jobs` bounds the worlds that are alive at once; 0: as many as the machine can.
    Session(std::vector<PlannedTrial> trials, uint64_t seed, int jobs);

    /// Readable when there is something to hear.
    int fd() const { return supervisor_.channel().get(); }
    /// The next message; nothing when none is waiting. Throws what the lab threw, and Error when the supervisor is
    /// gone without a word.
    std::optional<Heard> hear();
    /// Ends everything that the lab made.
    void stop() { supervisor_.stop(); }

private:
    Supervisor supervisor_;
};

} // namespace halfopen
