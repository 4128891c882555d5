#include "reports/clock.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/text.h"

namespace halfopen {

namespace {

std::string hours_text(Duration d) {
    const double hours = static_cast<double>(d.count()) / 3.6e12;
    return hours < 1 ? say(d) : fmt::format("{:.{}f} h", hours, hours < 99.95 ? 1 : 0);
}

/// A resumed run may have gone on under other conditions; then there is no one thing to be bound to.
bool all_bound_alike(const std::vector<RunLine>& runs) {
    return std::all_of(runs.begin(), runs.end(), [&](const RunLine& run) {
        return run.guest == runs.front().guest && run.executable == runs.front().executable;
    });
}

std::string bindings_table(const RunLine& run, const Guest& guest) {
    const auto row = [](std::string_view what, const std::string& text, const std::string& digest) {
        return fmt::format("| {} | {} | {} |\n", what, text, digest.empty() ? "" : md_code(digest));
    };
    return "| bound to | which | digest |\n|:--|:--|:--|\n" +
           row("halfopen", md(run.halfopen), run.executable) +
           row("plan",
               fmt::format("{}, seed {}, {}", md(run.plan), run.seed, counted(guest.portions, "portion")),
               run.plan_digest) +
           row("QEMU", md(guest.qemu), guest.qemu_digest) + row("machine", md(guest.machine), "") +
           row("CPU model", md(guest.cpu), "") + row("kernel", md(run.kernel), guest.kernel_digest) +
           row("initramfs", "all that a guest starts with", guest.initramfs_digest) + "\n";
}

} // namespace

bool in_virtual_time(const Cells& cells) {
    const auto& runs = cells.records().runs;
    return std::all_of(runs.begin(), runs.end(), [](const RunLine& run) { return run.clock == "virtual"; });
}

std::string virtual_time_text(const Cells& cells) {
    const auto& end = cells.records().end;
    if (!end || end->virtual_time <= Duration::zero())
        return "idle time skipped";
    return hours_text(end->virtual_time) + " of virtual time";
}

std::string burden_text(const Cells& cells) {
    const RunLine& run = cells.run();
    return in_virtual_time(cells) ? virtual_time_text(cells)
                                  : fmt::format("load {:.1f} on {} when it began", run.load_before,
                                                counted(run.cpus, "processor"));
}

std::string other_suspect(const Cells& cells) {
    return in_virtual_time(cells) ? "trials of one guest share its processor" : "a busy machine is late";
}

std::string mend_of_invalid(const Cells& cells) {
    return in_virtual_time(cells) ? "Virtual time repeats them: the reasons are what must be mended."
                                  : "Run it again on a quieter machine.";
}

std::string small_times_text(const Cells& cells) {
    return in_virtual_time(cells)
               ? "anything under 10 ms is the guest's instructions, counted. Add your round trip, your "
                 "wake-up, and "
                 "your load."
               : "anything under 10 ms is this machine's wake-up. Add your round trip, and your load.";
}

std::string promise_text(const Cells& cells) {
    const auto& runs = cells.records().runs;
    if (!in_virtual_time(cells))
        return "";
    const std::string digest =
        fmt::format("Digest of the trial lines{}: {}. ", cells.partial() ? " so far" : "",
                    md_code(trial_digest(cells.records())));
    if (!runs.front().guest || !all_bound_alike(runs))
        return digest + "The records do not name one set of conditions, so nobody is promised the same.\n\n";
    return digest +
           "Two people whose digests are the same have measured the same, to the nanosecond. That it repeats "
           "is "
           "promised where all of these are the same; elsewhere nanoseconds differ, and a timer may fall "
           "into "
           "another bucket of its wheel.\n\n" +
           bindings_table(runs.front(), *runs.front().guest);
}

} // namespace halfopen
