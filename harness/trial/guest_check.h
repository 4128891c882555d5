#pragma once
// How fast the virtual lab is here: a guest that boots and lets two idle hours pass.

#include "harness/base/time.h"
#include "harness/lab/guest_kernel.h"

namespace halfopen {

inline constexpr Duration idle_hours_of_check = std::chrono::hours{2};

struct GuestCheck {
    Duration boot{0}; ///< by the wall clock, from the start of the emulator to the first word of the guest
    Duration idle{0}; ///< by the wall clock, of two idle hours in the guest
};

/// Error when the guest does not come up.
GuestCheck check_guest(const GuestKernel&);

} // namespace halfopen
