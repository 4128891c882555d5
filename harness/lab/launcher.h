#pragma once
// Starts the processes of worlds. A fork copies the tables of all memory and of all descriptors: in the supervisor those of a
// thousand worlds and of a whole plan, which no role needs, and every page that the supervisor touches afterwards is copied
// once more. So a process does it that was forked before there was a world, and gave back what it had of the plan.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <utility>

#include "harness/lab/roles.h"
#include "harness/lab/slot_pool.h"
#include "harness/linux/fd.h"
#include "harness/linux/namespace.h"
#include "harness/linux/process.h"

namespace halfopen {

class Launcher;

/// A role that is on its way: the launcher forks it while the supervisor goes on.
class Launch {
public:
    Launch() = default;
    Launch(Launch&& other) noexcept : launcher_(std::exchange(other.launcher_, nullptr)), number_(other.number_) {}
    Launch& operator=(Launch&& other) noexcept {
        std::swap(launcher_, other.launcher_);
        std::swap(number_, other.number_);
        return *this;
    }
    /// Ends a process that nobody took.
    ~Launch();
    explicit operator bool() const { return launcher_ != nullptr; }
    /// Waits for the process to be there. SystemError when it could not be forked.
    Process take();

private:
    friend Launcher;
    Launch(Launcher& launcher, uint64_t number) : launcher_(&launcher), number_(number) {}
    Launcher* launcher_ = nullptr;
    uint64_t number_ = 0;
};

enum class Role : char { client, server, proxy };

class Launcher {
public:
    /// `slots`: worlds that may be alive at once. `shed` is called in the launcher: what roles do not need is given back there.
    explicit Launcher(int slots, const std::function<void()>& shed = [] {});
    Launcher(const Launcher&) = delete;

    /// A slot for one world, which its roles will share.
    SlotLease lend_slot() { return slots_.lend(); }

    /// Orders a child of the calling process that takes on the role in that namespace, with these descriptors, in the order of
    /// the role's body (roles.h). An empty one may stand last. The launcher must outlive what it is asked for.
    Launch start(Role, const NetNamespace&, const WorldSpec&, Slot&, std::initializer_list<const Fd*>);

private:
    friend Launch;
    /// The number of a process that was ordered as the so-manieth, or an errno below zero.
    pid_t wait_for(uint64_t number);
    void hear(int flags);

    SlotPool slots_;
    Fd orders_;
    uint64_t ordered_ = 0, answered_ = 0;
    std::map<uint64_t, pid_t> answers_; ///< that nobody has asked for yet
    Process process_;
};

} // namespace halfopen
