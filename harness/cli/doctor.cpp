// halfopen doctor: what this machine can run, and the fix for what it cannot.

#include <poll.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/cli/verbs.h"
#include "harness/lab/capacity.h"
#include "harness/linux/machine.h"
#include "harness/lab/guest_machine.h"
#include "harness/trial/guest_check.h"
#include "harness/trial/session.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// Runs one cell and gives back why it did not end as it must; empty when it did.
std::string try_cell(const char* scenario, const char* detector, Outcome wanted) {
    Selection selection;
    selection.what = {scenario, detector};
    selection.repeats = 1;
    selection.horizon = 1s;
    try {
        NamespacesSession session({make_plan(selection).trials});
        const Instant give_up = MonotonicClock::now() + 30s;
        while (MonotonicClock::now() < give_up) {
            pollfd readable{session.fd(), POLLIN, 0};
            poll(&readable, 1, 100);
            while (const auto heard = session.hear())
                if (const auto* trial = std::get_if<TrialLine>(&*heard); trial && trial->outcome != Outcome::invalid)
                    return trial->outcome == wanted ? ""
                                                    : fmt::format("it was {}: {}", name(trial->outcome), trial->why);
        }
        return "it did not end within 30 s";
    } catch (const Error& e) {
        return e.what();
    }
}

bool say_check(const char* what, const std::string& problem) {
    fmt::print("{}  {}{}\n", problem.empty() ? "ok " : "NO ", what, problem.empty() ? "" : ": " + problem);
    return problem.empty();
}

/// The virtual lab needs no privilege, but an emulator and a kernel. It is no fault of the machine to have neither.
void say_virtual_lab() {
    const std::string no_emulator = why_no_emulator();
    if (no_emulator.empty())
        fmt::print("ok   virtual lab: QEMU {}\n", emulator_version());
    else
        fmt::print("--   virtual lab: {}\n", no_emulator);
    for (const std::string_view name : fetchable_kernels()) {
        try {
            const GuestKernel kernel = find_guest_kernel(std::string(name));
            if (!no_emulator.empty()) {
                fmt::print("--   virtual lab: kernel {} is here, {}\n", name, kernel.release);
                continue;
            }
            const GuestCheck check = check_guest(kernel);
            fmt::print("ok   virtual lab: kernel {}, HZ {}: boots in {}, two idle hours pass in {}\n", kernel.release, kernel.hz,
                       say(check.boot), say(check.idle));
        } catch (const Error& e) {
            fmt::print("--   virtual lab: {}\n", e.what());
        }
    }
}

void doctor() {
    const Capacity capacity = measure_capacity();
    fmt::print("     kernel {}, HZ {}, {} processors, load {:.2f}\n", kernel_release(), kernel_hz(), online_cpus(),
               load_average());
    bool ok = say_check("scenarios and pages", [] {
        try {
            return scenarios().empty() ? std::string("there are none") : std::string();
        } catch (const Error& e) {
            return std::string(e.what());
        }
    }());
    const bool namespaces = say_check("user and network namespaces (no root needed)", why_no_user_namespaces());
    ok = ok && namespaces;
    if (namespaces) {
        ok = say_check("a killed client is noticed", try_cell("process-killed", "recv", Outcome::noticed)) && ok;
        ok = say_check("packet filter in the router (nf_tables)", try_cell("silent-drop", "recv", Outcome::missed)) && ok;
    }
    say_virtual_lab();
    fmt::print("     {} worlds at once, bounded by {}; the starter plan needs {}\n", capacity.worlds, capacity.bound_by,
               make_plan({}).count_run());
    fmt::print("{}\n", ok ? "This machine runs everything that there is." : "Mend what says NO, then try again.");
    if (!ok) set_exit_status(static_cast<int>(Exit::machine));
}

} // namespace

void add_doctor(CLI::App& app) {
    app.add_subcommand("doctor", "what this machine can run, and the fix for what it cannot")->callback(doctor);
}

} // namespace halfopen
