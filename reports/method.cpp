// How it was measured.

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
    return fmt::format("- Lab {}, {} clock, kernel {}, HZ {}, {}, load {:.2f} when the run began.\n",
                       md_code(run.lab), md(run.clock), md(run.kernel), run.hz, counted(run.cpus, "CPU"), run.load_before);
}

std::string guest_text(const Cells& cells) {
    const RunLine& run = cells.run();
    std::string out = fmt::format("- Lab {}: the kernel, {}, and HZ {} are those of a guest", md_code(run.lab),
                                  md(run.kernel), run.hz);
    if (run.guest)
        out += fmt::format(" in QEMU {} ({}, CPU model {}); the plan was cut into {}, a guest for each",
                           md(run.guest->qemu), md(run.guest->machine), md(run.guest->cpu),
                           counted(run.guest->portions, "portion"));
    return out +
           fmt::format(
               ".\n- The clock is virtual: it counts the guest's instructions and jumps over the time in "
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
            fmt::format("- Floor, how soon {} shows anything on an idle link to a blocking "
                        "recv(): FIN {}, RST {}; an idle timer wakes {} late. These are medians of {} samples each: half of them "
                        "were sooner.\n",
                        is_virtual ? "the guest" : "this machine", say(floor.fin), say(floor.rst),
                        say(floor.timer_late), floor.samples);
    if (cells.records().end && !is_virtual)
        out += fmt::format("- The run took {}.\n", say(cells.records().end->wall));
    if (cells.records().runs.size() > 1)
        out += fmt::format("- Recorded in {} sittings; the numbers here are those of the first.\n",
                           cells.records().runs.size());
    return out;
}

std::string worlds_text(const Cells& cells) {
    return fmt::format("- {} a cell, each in a world of its own: client, router and server are network "
                       "namespaces of {} kernel.",
                       counted(cells.run().repeats, "trial"),
                       in_virtual_time(cells) ? "the guest's" : "this");
}

std::string worlds_of_clients(const Cells& cells) {
    return fmt::format("- {} a failure, each a client with a router of its own; clients, routers and server "
                       "are network namespaces of "
                       "{} kernel. The server runs unmodified and is seen from outside: its table of "
                       "sockets, and the kernel's word "
                       "that one was freed.",
                       counted(cells.run().repeats, "connection"),
                       in_virtual_time(cells) ? "the guest's" : "this");
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
    std::string out = (cells.run().server ? worlds_of_clients(cells) : worlds_text(cells)) +
                      fmt::format(" Watched for {} after the fault.\n", short_time(cells.run().horizon));
    if (cells.run().server)
        return out + "- The faults meet its keepalive at other moments of the period in each repeat, where "
                     "it has one that is "
                     "short; all come 300 ms or more after the last exchange, unless the server has just "
                     "been asked.\n";
    out += spread ? fmt::format(
                        "- Methods that keep a clock meet the fault at other moments of their period in each "
                        "repeat: {}, {:.0f} % to {:.0f} % of the period after its start; all others "
                        "right after the last exchange.\n",
                        counted(spread, "trial"), 100 * least, 100 * most)
                  : "- Every fault comes right after the last exchange.\n";
    return out;
}

/// A reason without its numbers: the machine was late by 1.2 ms here and by 1.5 ms there.
std::string kind_of(const std::string& why) {
    std::string kind;
    for (size_t i = 0; i < why.size();) {
        if (std::isdigit(static_cast<unsigned char>(why[i])) == 0) {
            kind += why[i++];
            continue;
        }
        i = std::min(why.find(' ', i), why.size()); // The number, then its unit.
        i = std::min(why.find(' ', i + 1), why.size());
        kind += '#';
    }
    return kind;
}

/// Attempts that do not count, by their reasons.
std::string invalid_text(const Cells& cells) {
    struct Reason {
        std::string first;
        int count = 0;
        bool alike = true;
    };
    std::map<std::string, Reason> reasons;
    const auto add = [&](const std::string& text) {
        Reason& reason = reasons[kind_of(text)];
        if (reason.count++ == 0)
            reason.first = text;
        reason.alike &= reason.first == text;
    };
    for (const TrialLine& trial : cells.records().trials)
        if (trial.outcome == Outcome::invalid)
            add("invalid: " + trial.why);
    for (const TrialLine& trial : cells.records().replaced)
        add("repeated in a spare world: " + trial.why);
    std::string out;
    for (const auto& [kind, reason] : reasons)
        out += fmt::format("- {}, {}{}\n", counted(reason.count, "attempt"), md(reason.first),
                           reason.alike ? "" : ", and the like");
    return out;
}

} // namespace

std::string method_section(const Cells& cells) {
    return "## How it was measured\n\n" + machine_text(cells) + schedule_text(cells) + invalid_text(cells) +
           "\n" + promise_text(cells) + bracket_table(cells) + sysctl_text(cells.run());
}

} // namespace halfopen
