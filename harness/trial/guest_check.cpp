#include "harness/trial/guest_check.h"

#include <poll.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/lab/guest_machine.h"
#include "harness/lab/initramfs.h"
#include "harness/trial/modules.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// Waits for the guest's next word; Error when there is none.
void wait_for_word(GuestMachine& machine) {
    constexpr Duration long_enough = 60s;
    std::string word; // The port gives one byte at a time.
    for (char byte = 0; byte != '\n';) {
        pollfd readable{machine.output().get(), POLLIN, 0};
        if (poll(&readable, 1, static_cast<int>(long_enough / 1ms)) != 1)
            throw Error(Exit::machine, fmt::format("the guest said nothing for {}", say(long_enough)));
        if (read(machine.output().get(), &byte, 1) != 1)
            throw Error(Exit::machine, "the guest did not come up: " + machine.why_failed());
        word += byte;
    }
    if (word != guest_word::idle) throw Error(Exit::machine, "the guest did not come up: " + word);
}

} // namespace

GuestCheck check_guest(const GuestKernel& kernel) {
    const std::string archive = base_initramfs(kernel, all_modules()) + idle_initramfs(idle_hours_of_check);
    const Instant began = MonotonicClock::now();
    GuestMachine machine(kernel, archive, 1, false);
    wait_for_word(machine);
    const Instant booted = MonotonicClock::now();
    wait_for_word(machine);
    const Instant ended = MonotonicClock::now();
    if (const std::string why = machine.why_failed(); !why.empty()) throw Error(Exit::machine, why);
    return {booted - began, ended - booted};
}

} // namespace halfopen
