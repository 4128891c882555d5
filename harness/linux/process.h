#pragma once
// A child process, known by its pidfd: a signal can never hit a stranger that took over the number.

#include <chrono>
#include <functional>
#include <optional>

#include <sys/types.h>

#include "harness/linux/fd.h"

namespace halfopen {

class Process {
public:
    Process() = default;
    Process(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
    Process(Process&&) = default;
    /// Takes up a child of the calling process that another one forked for it (fork_sibling()).
    static Process adopt(pid_t);
    /// Kills and reaps what is still there.
    Process& operator=(Process&&) noexcept;
    ~Process();

    pid_t pid() const { return pid_; }
    const Fd& pidfd() const { return pidfd_; }
    explicit operator bool() const { return static_cast<bool>(pidfd_); }

    /// pidfd_send_signal(2).
    void signal(int number) const;

    /// What the process did last, without reaping it (waitid(2) with WNOWAIT, WNOHANG).
    enum class State { running, stopped, ended };
    State state() const;
    /// Waits for its end without reaping it; false when it has not come by then.
    bool ends_within(std::chrono::milliseconds) const;

    /// Waits for its end and reaps it; the wait status.
    int wait();
    /// SIGKILL, where there is a process.
    void kill() const noexcept;
    void kill_and_reap() noexcept;

private:
    pid_t pid_ = 0;
    Fd pidfd_;
};

/// Forks a child that runs `body` and ends with its result by _exit(). No exception leaves the child: it prints the
/// message on stderr and ends with 1. `clone_flags` may name new namespaces (clone(2)). The caller must have no
/// threads: a fork copies only the one that calls it.
Process fork_process(const std::function<int()>& body, unsigned long clone_flags = 0);

/// Forks a child of the calling process's parent (CLONE_PARENT), which adopts it; its number.
pid_t fork_sibling(const std::function<int()>& body);

/// Closes every descriptor except 0, 1, 2 and `keep`, which are moved to 3, 4, 5, ... in their order: a role must
/// hold nothing of other worlds open.
void keep_only(std::initializer_list<Fd*> keep);

/// CPU time and voluntary context switches of the main thread of a process, from /proc. Nothing where /proc does
/// not show it.
struct ThreadUsage {
    long long cpu_ns = 0;
    long long wakeups = 0;
};
std::optional<ThreadUsage> main_thread_usage(pid_t pid);

} // namespace halfopen
