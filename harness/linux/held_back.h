#pragma once
// A process that is kept from running for some microseconds, while we do two things that must not be told apart.

#include <vector>

#include <sched.h>
#include <sys/types.h>

namespace halfopen {

/// While it lives, the threads of the processes run on our processor only, and do not preempt us when they wake up
/// (SCHED_BATCH, sched(7)): they run when we sleep. We stay on that processor. Threads that may not be changed go on as
/// they were; no signal is sent, and no system call of theirs is interrupted.
class HeldBack {
public:
    explicit HeldBack(const std::vector<pid_t>& processes);
    ~HeldBack();
    HeldBack(const HeldBack&) = delete;
    HeldBack& operator=(const HeldBack&) = delete;

private:
    struct Thread {
        pid_t id;
        cpu_set_t processors;
        int policy;
        sched_param param;
    };
    std::vector<Thread> threads_;
    cpu_set_t own_processors_;
};

} // namespace halfopen
