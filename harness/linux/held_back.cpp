#include "harness/linux/held_back.h"

#include <filesystem>

#include <fmt/format.h>

namespace halfopen {

namespace fs = std::filesystem;

HeldBack::HeldBack(const std::vector<pid_t>& processes) {
    sched_getaffinity(0, sizeof own_processors_, &own_processors_);
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(sched_getcpu(), &here);
    sched_setaffinity(0, sizeof here, &here);
    for (const pid_t pid : processes) {
        std::error_code ended;
        for (fs::directory_iterator task(fmt::format("/proc/{}/task", pid), ended), end; !ended && task != end; task.increment(ended)) {
            Thread t{std::stoi(task->path().filename().string()), {}, sched_getscheduler(std::stoi(task->path().filename().string())), {}};
            if ((t.policy != SCHED_OTHER && t.policy != SCHED_BATCH) || sched_getaffinity(t.id, sizeof t.processors, &t.processors) != 0) continue;
            sched_getparam(t.id, &t.param);
            const sched_param none{};
            sched_setscheduler(t.id, SCHED_BATCH, &none);
            sched_setaffinity(t.id, sizeof here, &here);
            threads_.push_back(t);
        }
    }
}

HeldBack::~HeldBack() {
    for (const Thread& t : threads_) {
        sched_setaffinity(t.id, sizeof t.processors, &t.processors);
        sched_setscheduler(t.id, t.policy, &t.param);
    }
    sched_setaffinity(0, sizeof own_processors_, &own_processors_);
}

} // namespace halfopen
