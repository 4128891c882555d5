#pragma once
// The namespaces lab, as it runs inside the supervisor.

#include "harness/lab/capacity.h"
#include "harness/lab/launcher.h"
#include "harness/linux/namespace.h"
#include "harness/linux/socket_states.h"
#include "harness/trial/schedule.h"

namespace halfopen {

/// Waking the first chain of a hook patches kernel text, which takes up to milliseconds; so one empty chain of every
/// hook that a fault uses is kept awake in the namespace that the calling thread is in, as long as the descriptor lives.
[[nodiscard]] NetNamespace keep_hooks_awake();

class NamespacesLab final : public TrialLab {
public:
    /// `channel` leads to the program; when its other end closes, or says something, the run is to be stopped.
    /// `instants` are the kernel's own, where they can be had; otherwise `why_no_instants`. `worlds` are alive at once, at most;
    /// 0: as many as the machine can. `shed` gives back, in the launcher, what no role needs.
    NamespacesLab(const Fd& channel, SocketStates* instants, std::string why_no_instants, int worlds, const std::function<void()>& shed);

    Instant now() override { return MonotonicClock::now(); }
    bool sleep_until(Instant) override;
    bool sleep_until_notice(Instant) override;
    std::unique_ptr<LiveTrial> build(const PlannedTrial&) override;
    int capacity() override { return capacity_; }

    const std::vector<std::pair<std::string, std::optional<std::string>>>& sysctl() const { return read_back_; }
    const KernelFacts& kernel() const { return kernel_; }
    const Sysctls& sysctls() const { return sysctls_; }
    Launcher& launcher() { return launcher_; }

private:
    bool sleep(Instant, bool until_notice);

    const Fd& channel_;
    SocketStates* instants_;
    std::string why_no_instants_;
    Sysctls sysctls_;
    std::vector<std::pair<std::string, std::optional<std::string>>> read_back_;
    KernelFacts kernel_;
    int capacity_;
    NetNamespace with_hooks_;
    Fd noticed_ = event_fd(); ///< every server role posts it with its verdict
    Launcher launcher_;
};

/// The fastest that this machine shows anything: FIN and RST on an idle link to a blocking recv(), and the lateness
/// of a sleeping thread. Nothing when it was stopped.
std::optional<Floor> measure_floor(NamespacesLab&, int samples);

} // namespace halfopen
