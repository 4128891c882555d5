#include "reports/side_by_side.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/clock.h"
#include "reports/comparison.h"
#include "reports/shared_cells.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// One row that tells the same of every run.
template <typename Text> std::string told(const Comparison& all, std::string_view what, Text text) {
    std::string cells;
    for (const Cells& run : all.runs())
        cells += text(run) + " | ";
    return fmt::format("| {} | {}\n", what, cells.substr(0, cells.size() - 1));
}

std::string trials_of(const Cells& run) {
    const bool partial = run.partial();
    return fmt::format("{}{}, {} invalid{}",
                       partial ? fmt::format("{} of ", run.records().trials.size()) : "",
                       partial ? counted(run.planned(), "trial") : counted(run.tried(), "trial"),
                       run.invalid(), run.untrustworthy() ? ": **more than the 2 % that are accepted**" : "");
}

bool all_virtual(const Comparison& all) {
    return std::all_of(all.runs().begin(), all.runs().end(), in_virtual_time);
}

std::string digest(const Cells& run) { return md_code(trial_digest(run.records())); }

std::string runs_table(const Comparison& all) {
    return table_head(all, {""}, {}) +
           told(all, "kernel", [](const Cells& c) { return md(c.run().kernel); }) +
           told(all, "HZ", [](const Cells& c) { return std::to_string(c.run().hz); }) +
           told(all, "lab",
                [](const Cells& c) { return fmt::format("{}, {}", md(c.run().lab), burden_text(c)); }) +
           told(all, "plan",
                [](const Cells& c) {
                    return fmt::format("{} ({}), seed {}", md_code(c.run().plan),
                                       md_code(c.run().plan_digest.substr(0, 19)), c.run().seed);
                }) +
           told(all, "trials", trials_of) +
           told(all, "watched for", [](const Cells& c) { return short_time(c.run().horizon); }) +
           told(all, "halfopen", [](const Cells& c) { return md(c.run().halfopen); }) +
           told(all, "recorded", [](const Cells& c) { return md(date_of(c.run().started)); }) +
           told(all, "records", [](const Cells& c) { return md_code(c.records().file); }) +
           (all_virtual(all) ? told(all, "digest of the trial lines", digest) : "") + "\n";
}

/// "outcome in two, time in one".
std::string kinds_text(const Comparison& all) {
    std::vector<std::string> parts;
    for (const auto& [kind, name] : {std::pair{Difference::outcome, "outcome"},
                                     {Difference::signal, "signal"},
                                     {Difference::time, "time"}})
        if (const int count = all.count(kind))
            parts.push_back(fmt::format("{} in {}", name, in_words(count)));
    return list_of(parts);
}

template <typename Text> bool same_text(const Comparison& all, Text text) {
    return std::all_of(all.runs().begin(), all.runs().end(),
                       [&](const Cells& run) { return text(run) == text(all.runs().front()); });
}

std::string answer(const Comparison& all) {
    const std::string every = all.names().size() == 2 ? "both runs have" : "all of the runs have";
    const int differing = all.differing();
    const int untold = all.count(Difference::short_watch);
    const std::string rest =
        untold ? fmt::format("; {} cannot be told, because a watch ended before the other's first notice",
                             in_words(untold))
               : "";
    if (all.shared() == 0)
        return "**These runs have no cell in common:** there is nothing to compare.\n\n";
    std::string out =
        all.shared() == 1
            ? fmt::format("**The one cell that {} {}**", every, differing ? "differs" : "does not differ")
            : fmt::format("**{} of the {} that {} {}**", capital(differing ? in_words(differing) : "none"),
                          counted(all.shared(), "cell"), every, differing > 1 ? "differ" : "differs");
    out += differing ? fmt::format(" ({}){}.", kinds_text(all), rest) : rest + ".";
    if (const int unjudged = all.count(Difference::no_window))
        out += fmt::format(" In {} the times are apart, and no rule says how far they may be.",
                           in_words(unjudged));
    if (all_virtual(all) && same_text(all, digest))
        out += " Their trial lines are the same to the nanosecond.";
    if (!same_text(all, [](const Cells& run) { return run.run().plan_digest; }))
        out += " The plans are not the same; compared is what all have.";
    return out + "\n\n";
}

/// Keys in the order of the first run that has them.
std::vector<std::string> sysctl_keys(const Comparison& all) {
    std::vector<std::string> keys;
    for (const Cells& run : all.runs())
        for (const auto& [key, value] : run.run().sysctl)
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
                keys.push_back(key);
    return keys;
}

std::string sysctl_value(const Cells& run, const std::string& key) {
    for (const auto& [name, value] : run.run().sysctl)
        if (name == key)
            return value ? md_code(*value) : "not on this kernel";
    return "not recorded";
}

std::string sysctls(const Comparison& all) {
    const auto keys = sysctl_keys(all);
    std::string rows;
    for (const std::string& key : keys) {
        const auto value = [&](const Cells& run) { return sysctl_value(run, key); };
        if (!same_text(all, value))
            rows += told(all, md_code(key), value);
    }
    if (rows.empty())
        return keys.empty() ? ""
                            : fmt::format("All {} kernel parameters that were read back are the same.\n\n",
                                          keys.size());
    return "Kernel parameters that are not the same:\n\n" + table_head(all, {"parameter"}, {}) + rows + "\n";
}

std::string how_it_is_judged() {
    return fmt::format(R"(## How it is judged

A cell is one failure, one method and one traffic profile, with all of its trials. It differs in its

- **outcome**, where its worst trial ended otherwise;
- **signal**, where one run gave a signal that another did not;
- **time**, where all notices of one run came before all of another, and the gap is wider than the predicted window
  is, with {} allowed for scheduling.

Why the window: two runs that keep to one rule are never further apart than its window is wide, whatever the phase in
which their timers met the fault. Nearer than that is no difference between kernels: a timer fell into the next bucket
of the kernel's wheel, or some code took microseconds longer. A run that left its window says so in its cell.

*No window*: the times are apart and no rule covers the cell, so they are shown and not judged. *Short watch*: one run
stopped watching before the first notice of another, so nobody knows. `2/3` counts the trials that ended so; times go
from the fastest to the slowest. *Predicted* is the window of the plan over all phases, made before anything was run;
where the runs' rules give different windows, each stands with its run.
)",
                       short_time(scheduling_allowance));
}

} // namespace

std::string side_by_side(const std::vector<Records>& records) {
    const Comparison all(records);
    const std::string unshared = unshared_cells(all);
    return fmt::format("# {} side by side\n\n", md(capital(list_of(all.names())))) + runs_table(all) +
           answer(all) + difference_table(all) + sysctls(all) +
           (unshared.empty() ? "" : "Only some of the runs have:\n\n" + unshared + "\n") +
           (all.shared() ? "## Every cell\n\n" + profile_tables(all) : "") + how_it_is_judged();
}

} // namespace halfopen
