#pragma once
// The virtual lab: the plan in portions, a virtual machine for each, several at a time.
//
// What a machine tells is held back until it has said that it is finished, and until all portions before it are told:
// so the records stand in the plan's order, whatever ran beside what. Without that last word the trials that it did
// not finish are `invalid`, never `missed`.

#include <deque>
#include <map>

#include "harness/lab/guest_machine.h"
#include "harness/trial/portion.h"
#include "harness/trial/session.h"

namespace halfopen {

struct VirtualTask {
    GuestKernel kernel;
    std::vector<Portion> portions;
    std::vector<PlannedTrial> skipped; ///< trials with a skip reason, to be told and not run
    uint64_t seed = 1;
    int machines = 1; ///< that run at a time
    std::string luggage{}; ///< an archive that every guest gets besides: a server of the user's own
};

class VirtualSession final : public Session {
public:
    /// CannotHere when there is no emulator, or the kernel lacks what the lab needs.
    explicit VirtualSession(VirtualTask);

    int fd() const override { return events_.get(); }
    std::optional<Heard> hear() override;
    /// Ends all machines. What they had told can still be heard.
    void stop() override;

private:
    struct Guest {
        Portion portion;
        std::optional<GuestMachine> machine;
        std::string unfinished_line;      ///< of what the machine wrote
        std::vector<CaptureLine> captured;
        std::vector<TrialLine> told;
        std::optional<LabFacts> facts;
        std::optional<Finished> finished; ///< its last word
        std::string failure;              ///< why it has none
        Exit failed_with = Exit::machine; ///< what the lab in it would have ended with
        std::string complaint;
        Instant last_heard{};
        bool is_over = false;
    };
    void start_machines();
    void start(Guest&);
    void listen_to(Guest&);
    void take(Guest&, std::string_view message);
    void end(Guest&);
    void tell_in_order();
    void tell_facts(const Guest&);
    void tell_trials(Guest&);
    void tell_progress();

    VirtualTask task_;
    std::string base_;
    std::vector<Guest> guests_; ///< the first only measures the floor, unless a server of the user's own is tried
    Fd events_;
    size_t next_to_start_ = 0, next_to_tell_ = 0;
    bool stopped_ = false;
    int trials_over_ = 0, trials_told_of_ = 0, trials_ = 0;
    Duration lab_time_{0};
    std::deque<Heard> to_tell_;
};

} // namespace halfopen
