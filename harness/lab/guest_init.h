#pragma once
// PID 1 of a guest: what has to be done between the kernel's boot and the first trial, and the one way out.

#include <string_view>

#include "harness/linux/fd.h"

namespace halfopen {

/// Mounts /proc and /sys, quiets what would wake an idle guest, loads the modules of the archive. What this
/// process and its children write on stderr can be read from the descriptor that is given back.
Fd prepare_guest();

/// The guest's port 0xe9: what is written here appears at the emulator's other end at once (isa-debugcon).
class GuestPort {
public:
    GuestPort();
    void write_line(std::string_view);
    /// Ends the guest, and the emulator with (code << 1) | 1.
    [[noreturn]] void power_off(int code);
};

} // namespace halfopen
