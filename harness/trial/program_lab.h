#pragma once
// The lab in which a server of the user's own is tried: one server, or one for each connection, in the middle of as
// many routers and clients as there are trials.

#include <deque>

#include "harness/trial/program_trial.h"
#include "harness/trial/real_lab.h"

namespace halfopen {

class ProgramLab final : public TrialLab {
public:
    /// Starts the server, waits until it listens, and looks at a first connection, which is closed again. BadInput, in
    /// one line, when the server does not serve. `base` is the lab in which worlds are built.
    /// `instants` as ConnectionWatch has them.
    ProgramLab(NamespacesLab& base, const Fd& channel, const OwnServer&, SocketStates* instants, CommandLog& log,
               CommandLog& client_log);

    /// What was found out; nothing when the run was stopped meanwhile.
    const std::optional<OwnServerLine>& found() const { return found_; }
    const SocketTimers& timers() const { return timers_; }

    Instant now() override { return MonotonicClock::now(); }
    bool sleep_until(Instant wake) override { return sleep(wake, false); }
    bool sleep_until_notice(Instant wake) override { return sleep(wake, true); }
    std::unique_ptr<LiveTrial> build(const PlannedTrial&) override;
    int capacity() override { return std::min(base_.capacity(), server_.each ? 60 : most_places); }

    /// Ends the servers; a sentence when one had to be killed.
    std::string end();

private:
    struct Host {
        Host(std::unique_ptr<ServerProgram> p, SocketStates* instants) : program(std::move(p)), watch(*program, instants) {}
        std::unique_ptr<ServerProgram> program;
        ConnectionWatch watch;
        int places = 0; ///< clients that it was given
    };
    Host* host_for_next();
    std::unique_ptr<ProgramTrial> connect(const PlannedTrial&);
    bool look_at_first_connection(Duration listened_after);
    bool sleep(Instant, bool until_notice);
    bool has_news();

    NamespacesLab& base_;
    const Fd& channel_;
    const OwnServer& server_;
    SocketStates* instants_;
    CommandLog& log_;
    CommandLog& client_log_;
    std::deque<Host> hosts_;
    KernelFacts kernel_;
    SocketTimers timers_;
    std::optional<OwnServerLine> found_;
};

} // namespace halfopen
