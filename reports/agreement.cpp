#include "reports/agreement.h"

#include <fmt/format.h>

#include "reports/matrix.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// "At once" begins at the fault; that its moment is known to some microseconds only is no news to a reader.
Window as_read(Window window) {
    if (window.from < Duration::zero() && window.from > -std::chrono::milliseconds{1} && window.to > Duration::zero())
        window.from = Duration::zero();
    return window;
}

/// The rules are about the kernel. What a server of the user's own makes of its word is no error of theirs.
Agreement compare_kernel(const TrialLine& trial, const Window& window) {
    if (!trial.kernel_knew_after)
        return Agreement::unpredicted; // It closed by itself, before the rules had their turn.
    const Window knew = *trial.kernel_knew_after;
    if (knew.to < window.from || knew.from > window.to + scheduling_allowance)
        return Agreement::outside;
    return window.to > prompt_limit ? Agreement::timed : Agreement::prompt;
}

Agreement compare_window(const TrialLine& trial, const Window& window) {
    if (trial.socket && (trial.kernel_knew_after || trial.noticed_after))
        return compare_kernel(trial, window);
    if (!trial.verdict || !trial.noticed_after) {
        if (window.from > trial.horizon)
            return Agreement::beyond;
        return window.to + scheduling_allowance > trial.horizon ? Agreement::open : Agreement::outside;
    }
    const Duration spoke = *trial.noticed_after;
    const bool inside = window.from <= spoke && spoke <= window.to + scheduling_allowance;
    if (!inside || trial.outcome != trial.predicted.outcome)
        return Agreement::outside;
    return window.to > prompt_limit ? Agreement::timed : Agreement::prompt;
}

void count(Tally& tally, const TrialLine& trial) {
    switch (compare(trial)) {
    case Agreement::timed: ++tally.timed; return;
    case Agreement::prompt: ++tally.prompt; return;
    case Agreement::silent: ++tally.silent; return;
    case Agreement::beyond: ++tally.beyond; return;
    case Agreement::open: ++tally.open; return;
    case Agreement::unpredicted: ++tally.unpredicted; return;
    case Agreement::uncounted: return;
    case Agreement::outside: break;
    }
    if (trial.predicted.kind == "never")
        ++tally.silent_outside;
    else if (trial.predicted.after && trial.predicted.after->to <= prompt_limit)
        ++tally.prompt_outside;
    else
        ++tally.timed_outside;
}

std::string did(const TrialLine& trial) {
    if (trial.socket && trial.kernel_knew_after)
        return "its kernel gave up after " + say(trial.kernel_knew_after->to);
    if (!trial.verdict || !trial.noticed_after)
        return "silent in the " + say(trial.horizon) + " watched";
    const std::string spoke =
        fmt::format("{} after {} ({})", name(trial.outcome), say(*trial.noticed_after), trial.signal);
    return trial.outcome == trial.predicted.outcome || trial.predicted.kind == "never"
               ? spoke
               : fmt::format("{}, predicted {}", spoke, name(trial.predicted.outcome));
}

std::string predicted_one(const TrialLine& trial) {
    if (trial.predicted.kind == "never")
        return "never";
    return trial.predicted.after ? time_range(as_read(*trial.predicted.after)) : "no rule";
}

} // namespace

Agreement compare(const TrialLine& trial) {
    if (!is_valid(trial.outcome))
        return Agreement::uncounted;
    if (trial.predicted.kind == "never")
        return trial.verdict ? Agreement::outside : Agreement::silent;
    if (trial.predicted.kind == "window" && trial.predicted.after)
        return compare_window(trial, *trial.predicted.after);
    return Agreement::unpredicted;
}

Tally tally(const Cells& cells) {
    Tally sum;
    for (const std::string& traffic : cells.traffics())
        for (const DetectorHead& row : cells.detectors())
            for (const ScenarioHead& column : cells.scenarios())
                if (const Cell* cell = cells.find(traffic, column.name, row.spec))
                    for (const TrialLine* trial : cell->trials)
                        count(sum, *trial);
    return sum;
}

std::vector<std::string> exceptions(const Cells& cells) {
    std::vector<std::string> all;
    for (const std::string& traffic : cells.traffics())
        for (const DetectorHead& row : cells.detectors())
            for (const ScenarioHead& column : cells.scenarios()) {
                const Cell* cell = cells.find(traffic, column.name, row.spec);
                std::vector<std::string> trials;
                for (const TrialLine* trial : cell ? cell->valid : std::vector<const TrialLine*>{})
                    if (compare(*trial) == Agreement::outside)
                        trials.push_back(fmt::format("r{} {}, predicted {}", trial->repeat, did(*trial),
                                                     predicted_one(*trial)));
                if (!trials.empty())
                    all.push_back(fmt::format("{} x {} ({}): {} of {}: {}", row_name(row), column.label,
                                              traffic, trials.size(), cell->n(), joined(trials, "; ")));
            }
    return all;
}

std::string predicted_text(const Cell& cell, PredictedLine TrialLine::*made) {
    std::optional<Window> span;
    bool never = false;
    bool unknown = false;
    for (const TrialLine* trial : cell.valid) {
        const PredictedLine& prediction = trial->*made;
        const auto& window = prediction.after;
        if (prediction.kind == "never")
            never = true;
        else if (!window)
            unknown = true;
        else
            span =
                span ? Window{std::min(span->from, window->from), std::max(span->to, window->to)} : *window;
    }
    std::vector<std::string> parts;
    if (span)
        parts.push_back(time_range(as_read(*span)));
    if (never)
        parts.push_back("never");
    if (unknown)
        parts.push_back("no rule");
    return joined(parts, " or ");
}

} // namespace halfopen
