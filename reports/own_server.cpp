#include "reports/own_server.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/text.h"

namespace halfopen {

namespace {

Duration longest_watch(const Cell& cell) {
    Duration horizon{0};
    for (const TrialLine* t : cell.valid) horizon = std::max(horizon, t->horizon);
    return horizon;
}

std::string not_within(const Cell& cell) { return "not in " + short_time(longest_watch(cell)); }

/// "at once" below the 10 ms that are this machine's own, else the range.
std::string spelled(const std::vector<Duration>& times) {
    const auto [least, most] = std::minmax_element(times.begin(), times.end());
    return *most < prompt_limit ? "at once" : time_range(*least, *most);
}

/// The times of those that have one, and what the others did not.
std::string range_of(const Cell& cell, std::vector<Duration> times, const std::string& otherwise) {
    const int all = cell.n(), some = static_cast<int>(times.size());
    if (some == 0) return otherwise;
    if (some == all) return spelled(times);
    return fmt::format("{} ({} of {}), {}", spelled(times), some, all, otherwise);
}

OwnCell own_cell(const ScenarioHead& scenario, const std::string& traffic, const Cell& cell) {
    OwnCell own{&scenario, traffic, &cell, {}, {}, predicted_text(cell), {}, {}, false};
    std::vector<Duration> knew, let_go;
    for (const TrialLine* t : cell.valid) {
        if (t->kernel_knew_after) knew.push_back(t->kernel_knew_after->to);
        if (t->noticed_after) let_go.push_back(*t->noticed_after);
        own.by_itself |= t->signal == closed_by_itself;
        if (!t->socket) continue;
        if (!t->noticed_after) own.leak = t->socket->end;
        if (own.ss.empty() || !t->noticed_after) own.ss = t->socket->last;
    }
    own.kernel = range_of(cell, knew, own.by_itself && !let_go.empty() ? "not before the server" : not_within(cell));
    own.let_go = range_of(cell, let_go, not_within(cell) + (own.leak.empty() ? "" : ": " + own.leak));
    return own;
}

std::string seconds_or(Duration d, const char* off) { return d == Duration::zero() ? off : fmt::format("{} s", digits(std::chrono::duration<double>(d).count(), 6)); }

} // namespace

std::vector<OwnCell> own_cells(const Cells& cells) {
    std::vector<OwnCell> all;
    if (cells.detectors().empty()) return all;
    for (const std::string& traffic : cells.traffics())
        for (const ScenarioHead& scenario : cells.scenarios())
            if (const Cell* cell = cells.find(traffic, scenario.name, cells.detectors().front().spec); cell && cell->n() > 0)
                all.push_back(own_cell(scenario, traffic, *cell));
    return all;
}

std::string say_options(const OptionsLine& o) {
    const std::string keepalive =
        o.keepalive ? fmt::format("SO_KEEPALIVE after {}, every {}, {} probes", seconds_or(o.idle, ""), seconds_or(o.interval, ""), o.count)
                    : "no SO_KEEPALIVE";
    return keepalive + (o.user_timeout == Duration::zero() ? ", no TCP_USER_TIMEOUT"
                                                           : fmt::format(", TCP_USER_TIMEOUT {}", seconds_or(o.user_timeout, "")));
}

std::vector<std::string> slower_than(const Records& records, Duration within) {
    const Cells cells(records);
    std::vector<std::string> sentences;
    for (const OwnCell& own : own_cells(cells)) {
        if (own.scenario->truth == Truth::alive) continue;
        const bool all = std::all_of(own.cell->valid.begin(), own.cell->valid.end(),
                                     [&](const TrialLine* t) { return t->noticed_after && *t->noticed_after <= within; });
        if (!all) sentences.push_back(fmt::format("{} ({}): {}", own.scenario->name, own.traffic, own.let_go));
    }
    return sentences;
}

} // namespace halfopen
