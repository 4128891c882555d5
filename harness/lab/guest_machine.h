#pragma once
// One virtual machine: a QEMU that counts instructions instead of time. Its clock is the number of instructions that
// were executed, one nanosecond each, and jumps over idle time (-icount shift=0,sleep=off): so equal input gives equal
// output, and two idle hours take a fraction of a second. It has no disk, no network and no way out but one port.

#include <string>

#include "harness/lab/guest_kernel.h"
#include "harness/linux/process.h"

namespace halfopen {

/// What is pinned, because results depend on it.
inline constexpr const char* guest_machine_type = "pc-q35-7.2";
inline constexpr const char* guest_cpu = "Nehalem,+rdrand";
inline constexpr const char* emulator = "qemu-system-x86_64";

/// Why there can be no virtual machine here, with the mend; empty when there can.
std::string why_no_emulator();
/// "7.2.22", from the emulator itself.
std::string emulator_version();

class GuestMachine {
public:
    /// Starts it. `initramfs` is the whole archive; `seed` decides whatever is random in the machine. Without `ipv6` its
    /// kernel knows IPv4 only, and every network namespace is made and removed a little sooner. The machine ends with this
    /// process, however that ends. Must be called from the main thread (prctl(2), PR_SET_PDEATHSIG).
    GuestMachine(const GuestKernel&, std::string_view initramfs, uint64_t seed, bool ipv6);

    /// What the guest writes to its port; at the end of the file it is over.
    const Fd& output() const { return output_; }
    /// Waits for its end. Empty when the guest ended itself and said so, else what happened.
    std::string why_failed();
    void stop() { process_.kill_and_reap(); }

private:
    Fd output_, errors_;
    Process process_;
};

} // namespace halfopen
