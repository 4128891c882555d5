// halfopen doctor: what this machine can run, and the fix for what it cannot.

#include <poll.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/cli/terminal.h"
#include "harness/cli/verbs.h"
#include "harness/lab/capacity.h"
#include "harness/linux/command.h"
#include "harness/linux/machine.h"
#include "harness/linux/socket_states.h"
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
                    return trial->outcome == wanted             ? ""
                           : trial->outcome == Outcome::skipped ? trial->why
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

/// What is no fault of the machine: something else can be run without it.
void say_missing(const char* what, const std::string& why) { fmt::print("--   {}: {}\n", what, why); }

/// The virtual lab needs no privilege, but an emulator and a kernel. It is no fault of the machine to have neither.
bool say_virtual_lab() {
    bool all = true;
    const std::string no_emulator = why_no_emulator();
    if (no_emulator.empty())
        fmt::print("ok   virtual lab: QEMU {}\n", emulator_version());
    else
        say_missing("virtual lab", no_emulator), all = false;
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
            say_missing("virtual lab", e.what());
            all = false;
        }
    }
    return all;
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
    bool has_netem = true;
    const bool namespaces = say_check("user and network namespaces (no root needed)", why_no_user_namespaces());
    ok = ok && namespaces;
    if (namespaces) {
        ok = say_check("a killed client is noticed", try_cell("process-killed", "recv", Outcome::noticed)) && ok;
        ok = say_check("packet filter in the router (nf_tables)", try_cell("silent-drop", "recv", Outcome::missed)) && ok;
        const std::string no_netem = try_cell("delay-spike", "recv", Outcome::quiet);
        has_netem = no_netem.empty();
        if (has_netem)
            say_check("delay and jitter on the path (sch_netem)", "");
        else
            say_missing("delay and jitter on the path", no_netem);
    }
    const std::string no_socket_states = why_no_socket_states();
    if (no_socket_states.empty())
        say_check("the kernel's own instants (eBPF)", "");
    else
        say_missing("the kernel's own instants (eBPF)", no_socket_states);
    const bool pictures = is_on_path("gnuplot");
    if (pictures)
        say_check("pictures in reports (gnuplot)", "");
    else
        say_missing("pictures in reports", "there is no gnuplot (apt-get install gnuplot-nox); the plots in text hold the same");
    const bool all = say_virtual_lab() && no_socket_states.empty() && pictures;
    fmt::print("     {} worlds at once, bounded by {}; the starter plan needs {}\n", capacity.worlds, capacity.bound_by,
               make_plan({}).count_run());
    fmt::print("{}\n", !ok                ? "Mend what says NO, then try again."
                       : all && has_netem ? "This machine runs everything that there is."
                                          : "This machine runs all that needs nothing of the lines with --.");
    if (!ok) set_exit_status(static_cast<int>(Exit::machine));
}

/// One line for a room full of machines: what the lessons will be on this one.
void doctor_for_class() {
    const std::string no_namespaces = why_no_user_namespaces(), no_emulator = why_no_emulator();
    const auto kernels = cached_kernels();
    const bool has_guest = no_emulator.empty() && !kernels.empty();
    const std::string verdict = no_namespaces.empty() && has_guest ? "ready: short lessons on this kernel, long ones in virtual time"
                                : has_guest                        ? "ready: every lesson in virtual time"
                                : no_namespaces.empty()            ? "nearly ready: short lessons on this kernel, long ones wait or are recordings"
                                                                   : "recordings only";
    std::string line = fmt::format("{}: {}; halfopen {}, kernel {}, {} processors", host_name(), verdict, HALFOPEN_VERSION, kernel_release(), online_cpus());
    if (!no_namespaces.empty()) line += "; no namespaces: " + no_namespaces;
    if (!no_emulator.empty()) line += "; no virtual lab: " + no_emulator;
    else if (kernels.empty()) line += "; no virtual lab: no kernel yet, get one with: " + typed_name() + " kernels get";
    fmt::print("{}\n", line);
    if (!no_namespaces.empty() && !has_guest) set_exit_status(static_cast<int>(Exit::machine));
}

} // namespace

void add_doctor(CLI::App& app) {
    auto* verb = app.add_subcommand("doctor", "what this machine can run, and the fix for what it cannot");
    auto for_class = std::make_shared<bool>(false);
    verb->add_flag("--class", *for_class, "one line: what the lessons will be on this machine");
    verb->callback([=] { *for_class ? doctor_for_class() : doctor(); });
}

} // namespace halfopen
