#include "reports/own_server.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/text.h"

namespace halfopen {

namespace {

Duration longest_watch(const Cell& cell) {
    Duration horizon{0};
    for (const TrialLine* t : cell.valid)
        horizon = std::max(horizon, t->horizon);
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
    if (some == 0)
        return otherwise;
    if (some == all)
        return spelled(times);
    return fmt::format("{} ({} of {}), {}", spelled(times), some, all, otherwise);
}

/// Where no rule says when, no option ends a silence, and a program may do with a FIN what it likes.
std::string by_its_options(const ScenarioHead& scenario, const Cell& cell) {
    const bool unknown = std::all_of(cell.valid.begin(), cell.valid.end(),
                                     [](const TrialLine* t) { return t->predicted.kind == "unknown"; });
    if (!unknown)
        return predicted_text(cell);
    return scenario.truth == Truth::alive    ? "–"
           : scenario.group == group_goodbye ? "up to the program"
                                             : "never";
}

OwnCell own_cell(const ScenarioHead& scenario, const std::string& traffic, const Cell& cell) {
    OwnCell own{&scenario, traffic, &cell, {}, {}, by_its_options(scenario, cell), {}, {}, false};
    std::vector<Duration> knew, let_go;
    for (const TrialLine* t : cell.valid) {
        if (t->kernel_knew_after)
            knew.push_back(t->kernel_knew_after->to);
        if (t->noticed_after)
            let_go.push_back(*t->noticed_after);
        own.by_itself |= t->signal == closed_by_itself;
        if (!t->socket)
            continue;
        if (!t->noticed_after)
            own.leak = t->socket->end;
        if (own.ss.empty() || !t->noticed_after)
            own.ss = t->socket->last;
    }
    own.kernel = range_of(cell, knew,
                          !own.is_failure()                  ? "–"
                          : own.by_itself && !let_go.empty() ? "not before the server"
                                                             : not_within(cell));
    const std::string kept = own.is_failure() ? not_within(cell) + (own.leak.empty() ? "" : ": " + own.leak)
                                              : "kept, as it should";
    own.let_go = range_of(cell, let_go, kept);
    return own;
}

/// Whole hours as such, all else in seconds: "2 h", "75 s", "0.5 s".
std::string option_time(Duration d) {
    if (d >= std::chrono::hours{1} && d % std::chrono::hours{1} == Duration::zero())
        return fmt::format("{} h", d / std::chrono::hours{1});
    return fmt::format("{} s", digits(std::chrono::duration<double>(d).count(), 6));
}

} // namespace

bool OwnCell::is_let_go() const {
    return std::all_of(cell->valid.begin(), cell->valid.end(),
                       [](const TrialLine* t) { return t->noticed_after.has_value(); });
}

std::vector<OwnCell> own_cells(const Cells& cells) {
    std::vector<OwnCell> all;
    if (cells.detectors().empty())
        return all;
    for (const std::string& traffic : cells.traffics())
        for (const ScenarioHead& scenario : cells.scenarios())
            if (const Cell* cell = cells.find(traffic, scenario.name, cells.detectors().front().spec);
                cell && cell->n() > 0)
                all.push_back(own_cell(scenario, traffic, *cell));
    return all;
}

std::string say_options(const OptionsLine& o) {
    const std::string keepalive =
        o.keepalive ? fmt::format("SO_KEEPALIVE after {}, every {}, {}", option_time(o.idle),
                                  option_time(o.interval), counted(o.count, "probe"))
                    : "no SO_KEEPALIVE";
    return keepalive + (o.user_timeout == Duration::zero()
                            ? "; no TCP_USER_TIMEOUT"
                            : "; TCP_USER_TIMEOUT " + option_time(o.user_timeout));
}

std::vector<std::string> slower_than(const Records& records, Duration within) {
    const Cells cells(records);
    std::vector<std::string> sentences;
    for (const OwnCell& own : own_cells(cells)) {
        if (!own.is_failure())
            continue;
        const bool all = std::all_of(own.cell->valid.begin(), own.cell->valid.end(), [&](const TrialLine* t) {
            return t->noticed_after && *t->noticed_after <= within;
        });
        if (!all)
            sentences.push_back(fmt::format("{} ({}): {}", own.scenario->name, own.traffic, own.let_go));
    }
    return sentences;
}

} // namespace halfopen
