// How it was measured, how to repeat it, and what the words mean.

#include "reports/sections.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/clock.h"
#include "reports/statistics.h"
#include "reports/text.h"

namespace halfopen {

namespace {

using Times = std::vector<Duration>;

std::string median_and_tail(Times times) {
    std::sort(times.begin(), times.end());
    return fmt::format("{} | {} | {}", times.size(), say(median(times)), say(quantile(times, 0.99)));
}

/// How precisely the instant of each kind of fault is known.
std::string bracket_table(const Cells& cells) {
    std::string out;
    for (const ScenarioHead& column : cells.scenarios()) {
        Times widths;
        for (const TrialLine& trial : cells.records().trials)
            if (trial.scenario == column.name && is_valid(trial.outcome) && trial.fault)
                widths.push_back(trial.fault->second - trial.fault->first);
        if (!widths.empty())
            out += fmt::format("| {} | {} |\n", md(column.label), median_and_tail(widths));
    }
    if (out.empty())
        return "";
    return "The instant of a fault is a bracket of two stamps, and every time counts from the first. Width "
           "of the "
           "brackets of valid trials:\n\n| failure | trials | median | 99 % are below "
           "|\n|:--|--:|--:|--:|\n" +
           out + "\n";
}

std::string sysctl_text(const RunLine& run) {
    std::vector<std::string> parts;
    for (const auto& [key, value] : run.sysctl)
        parts.push_back(md_code(fmt::format("{} = {}", key, value.value_or("(not on this kernel)"))));
    return parts.empty() ? "" : "Read back in the server's namespace: " + joined(parts, ", ") + ".\n\n";
}

std::string host_text(const RunLine& run) {
    return fmt::format("- Lab `{}`, {} clock, kernel {}, HZ {}, {}, load {:.2f} when the run began.\n", run.lab,
                       run.clock, md(run.kernel), run.hz, counted(run.cpus, "CPU"), run.load_before);
}

std::string guest_text(const Cells& cells) {
    const RunLine& run = cells.run();
    std::string out = fmt::format("- Lab `{}`: the kernel, {}, and HZ {} are those of a guest", run.lab,
                                  md(run.kernel), run.hz);
    if (run.guest)
        out += fmt::format(" in QEMU {} ({}, CPU model {}); the plan was cut into {}, a guest for each",
                           md(run.guest->qemu), md(run.guest->machine), md(run.guest->cpu),
                           counted(run.guest->portions, "portion"));
    return out + fmt::format(".\n- The clock is virtual: it counts the guest's instructions and jumps over the time in "
                             "which nothing is due ({}). The load of the machine that ran the guests is in no number "
                             "here.\n",
                             virtual_time_text(cells));
}

std::string machine_text(const Cells& cells) {
    const RunLine& run = cells.run();
    const Floor& floor = run.floor;
    const bool is_virtual = in_virtual_time(cells);
    std::string out = is_virtual ? guest_text(cells) : host_text(run);
    if (floor.samples > 0)
        out +=
            fmt::format("- Floor, the fastest that {} shows anything on an idle link to a blocking "
                        "recv(): FIN {}, RST {}; an idle timer wakes {} late (medians of {} samples each).\n",
                        is_virtual ? "the guest" : "this machine", say(floor.fin), say(floor.rst),
                        say(floor.timer_late), floor.samples);
    if (cells.records().end && !is_virtual)
        out += fmt::format("- The run took {}.\n", say(cells.records().end->wall));
    if (cells.records().runs.size() > 1)
        out += fmt::format("- Recorded in {} sittings; the numbers here are those of the first.\n",
                           cells.records().runs.size());
    return out;
}

/// The schedule as the records show it.
std::string schedule_text(const Cells& cells) {
    double least = 1;
    double most = 0;
    int spread = 0;
    for (const TrialLine& trial : cells.records().trials)
        if (is_valid(trial.outcome) && trial.phase > 0 && !trial.situation.anchor.empty()) {
            least = std::min(least, trial.phase);
            most = std::max(most, trial.phase);
            ++spread;
        }
    std::string out =
        fmt::format("- {} a cell, each in a world of its own: client, router and server are network "
                    "namespaces of {} kernel. Watched for {} after the fault.\n",
                    counted(cells.run().repeats, "trial"), in_virtual_time(cells) ? "the guest's" : "this",
                    short_time(cells.run().horizon));
    out += spread ? fmt::format(
                        "- Methods that keep a clock meet the fault at other moments of their period in each "
                        "repeat: {} trials, {:.0f} % to {:.0f} % of the period after its start; all others "
                        "right after the last exchange.\n",
                        spread, 100 * least, 100 * most)
                  : "- Every fault comes right after the last exchange.\n";
    return out;
}

/// Attempts that do not count, by their reasons.
std::string invalid_text(const Cells& cells) {
    std::map<std::string, int> reasons;
    for (const TrialLine& trial : cells.records().trials)
        if (trial.outcome == Outcome::invalid)
            ++reasons["invalid: " + trial.why];
    for (const TrialLine& trial : cells.records().replaced)
        ++reasons["repeated in a spare world: " + trial.why];
    std::string out;
    for (const auto& [reason, count] : reasons)
        out += fmt::format("- {}, {}\n", counted(count, "attempt"), md(reason));
    return out;
}

} // namespace

std::string method_section(const Cells& cells) {
    return "## How it was measured\n\n" + machine_text(cells) + schedule_text(cells) + invalid_text(cells) +
           "\n" + promise_text(cells) + bracket_table(cells) + sysctl_text(cells.run());
}

std::string repeat_section(const Cells& cells) {
    const RunLine& run = cells.run();
    const std::string command = joined(run.command, " ");
    const bool has_seed = command.find("--seed") != std::string::npos;
    return fmt::format(
        "## How to repeat it\n\n```sh\nhalfopen {}{}\n```\n\nPlan {} ({}), seed {}, halfopen {} ({}).\n\n",
        command, has_seed ? "" : fmt::format(" --seed {}", run.seed), md_code(run.plan),
        md_code(run.plan_digest), run.seed, md(run.halfopen), md_code(run.executable));
}

std::string glossary_section(const Cells& cells) {
    const bool is_virtual = in_virtual_time(cells);
    return fmt::format(R"(## Words

| truth \ verdict | nothing in the time watched | `eof` | `gone` |
|:--|:--|:--|:--|
| alive, or said before the fault | quiet | false alarm | false alarm |
| half-closed | missed | noticed | misread |
| stuck, unreachable, gone | missed | noticed | noticed |

- **Truth** is about the connection, seen from the server, when the watch ends: *alive*; *half-closed*, the
  client sends no more and still reads; *stuck*, its process exists and will never answer; *unreachable*, it
  is alive and no byte will pass; *gone*, process, host or socket is no longer there.
- **Verdict** is what a method says: `eof`, the client will send no more (all that a FIN tells), or `gone`.
- *Skipped*: the cell does not apply. *Invalid*: the fault did not bite{}; never
  because of the answer.
- **Noticed after** is the detection time T_D of Chen, Toueg and Aguilera (2002): from the fault to the
  verdict. A cell shows its slowest trial, and the class of its worst.
- **Predicted** is a window computed from the kernel's rules and the socket's state just before the fault,
  stored before the outcome was known, and never fitted to it.
- **Floor** is the fastest that {} showed anything in this run.
)",
                       is_virtual ? "" : " or the machine was too noisy", is_virtual ? "the guest" : "this machine");
}

} // namespace halfopen
