#pragma once
// The program's side of a run: a lab at work, and what is heard from it.

#include <memory>
#include <optional>

#include "harness/lab/supervisor.h"
#include "harness/linux/socket_states.h"
#include "harness/trial/messages.h"
#include "harness/trial/own_server.h"
#include "harness/trial/plan.h"

namespace halfopen {

class Session {
public:
    virtual ~Session() = default;
    /// Readable when there is something to hear.
    virtual int fd() const = 0;
    /// The next message; nothing when none is waiting. Throws what the lab threw, and Error when it is gone without
    /// a word.
    virtual std::optional<Heard> hear() = 0;
    /// Ends everything that the lab made.
    virtual void stop() = 0;
};

/// What a lab is asked to do.
struct LabTask {
    std::vector<PlannedTrial> trials;
    uint64_t seed = 1;
    int worlds = 0;        ///< alive at once, at most; 0: as many as the machine can
    int floor_samples = 12; ///< of each kind; they also wake the machine up
    std::optional<OwnServer> server{};  ///< that is tried with them; nothing: they are trials of detectors
    Duration sweep_up_to{0}; ///< with a server of the user's own: periods that are longer are not swept by the phases
    std::shared_ptr<CommandLog> log{}; ///< for what that server prints; without one it is told in the end
    std::shared_ptr<SocketStates> instants{}; ///< the kernel's own, where they can be had
    std::string why_no_instants{};            ///< otherwise
};

/// The namespaces lab, in a supervisor of its own.
class NamespacesSession final : public Session {
public:
    explicit NamespacesSession(LabTask);

    int fd() const override { return supervisor_.channel().get(); }
    std::optional<Heard> hear() override;
    void stop() override { supervisor_.stop(); }

    /// The next message as it came, for passing on.
    std::optional<std::string> hear_text();

private:
    NamespacesSession(LabTask&&, bool everybody);
    Supervisor supervisor_;
};

} // namespace halfopen
