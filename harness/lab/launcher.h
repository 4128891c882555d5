#pragma once
// Starts the processes of worlds. A fork copies the tables of all memory and of all descriptors: in the supervisor those of a
// thousand worlds and of a whole plan, which no role needs, and every page that the supervisor touches afterwards is copied
// once more. So a process does it that was forked before there was a world, and gave back what it had of the plan.

#include <functional>
#include <initializer_list>

#include "harness/lab/roles.h"
#include "harness/lab/slot_pool.h"
#include "harness/linux/fd.h"
#include "harness/linux/namespace.h"
#include "harness/linux/process.h"

namespace halfopen {

enum class Role : char { client, server, proxy };

class Launcher {
public:
    /// `slots`: worlds that may be alive at once. `shed` is called in the launcher: what roles do not need is given back there.
    explicit Launcher(int slots, const std::function<void()>& shed = [] {});
    Launcher(const Launcher&) = delete;

    /// A slot for one world, which its roles will share.
    SlotLease lend_slot() { return slots_.lend(); }

    /// A child of the calling process that takes on the role in that namespace, with these descriptors, in the order of the
    /// role's body (roles.h). An empty one may stand last.
    Process start(Role, const NetNamespace&, const WorldSpec&, Slot&, std::initializer_list<const Fd*>);

private:
    SlotPool slots_;
    Fd orders_;
    Process process_;
};

} // namespace halfopen
