#include "reports/comparison.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "reports/agreement.h"

namespace halfopen {

namespace {

bool is_silent(Outcome o) { return o == Outcome::quiet || o == Outcome::missed; }

std::set<std::string> signals(const Cell& cell) {
    std::set<std::string> all;
    for (const TrialLine* trial : cell.valid)
        if (trial->verdict)
            all.insert(trial->signal);
    return all;
}

/// How long the silent trials of a cell were watched, the shortest first.
Duration shortest_watch(const Cell& cell) {
    Duration least = Duration::max();
    for (const TrialLine* trial : cell.valid)
        if (is_silent(trial->outcome))
            least = std::min(least, trial->horizon);
    return least;
}

/// True when `silent` was not watched until the first moment at which the other spoke.
bool watched_too_short(const Cell& silent, const Cell& other) {
    return is_silent(silent.outcome) && !is_silent(other.outcome) && !other.spoke.empty() &&
           other.spoke.front() > shortest_watch(silent);
}

/// How far apart the rule lets two notices of this cell be, over all phases.
std::optional<Duration> planned_width(const Cell& cell) {
    std::optional<Window> span;
    for (const TrialLine* trial : cell.valid)
        if (const auto& after = trial->planned.after)
            span = span ? Window{std::min(span->from, after->from), std::max(span->to, after->to)} : *after;
    return span ? std::optional{span->to - span->from} : std::nullopt;
}

/// True when no trial of the cell kept to its rule.
bool has_left_its_rule(const Cell& cell) {
    return std::all_of(cell.valid.begin(), cell.valid.end(), [](const TrialLine* trial) { return compare(*trial) == Agreement::outside; });
}

Difference compare_times(const Cell& a, const Cell& b) {
    if (a.spoke.empty() || b.spoke.empty())
        return Difference::none;
    const Duration gap =
        std::max(a.spoke.front(), b.spoke.front()) - std::min(a.spoke.back(), b.spoke.back());
    if (gap <= scheduling_allowance)
        return Difference::none;
    if (has_left_its_rule(a) != has_left_its_rule(b))
        return Difference::time; // However wide the window is, one of them came when it may not.
    const auto width = std::max(planned_width(a), planned_width(b)); // nothing is less than any width
    if (!width)
        return Difference::no_window;
    return gap > *width + scheduling_allowance ? Difference::time : Difference::none;
}

Difference gravest(const std::vector<const Cell*>& cells) {
    Difference worst = Difference::none;
    for (size_t i = 0; i < cells.size(); ++i)
        for (size_t j = i + 1; j < cells.size(); ++j)
            worst = std::max(worst, compare(*cells[i], *cells[j]));
    return worst;
}

/// "6.12.117" of "6.12.117+deb12-cloud-amd64".
std::string kernel_number(const std::string& release) {
    return release.substr(0, release.find_first_not_of("0123456789."));
}

bool all_different(const std::vector<std::string>& names) {
    return std::set(names.begin(), names.end()).size() == names.size();
}

std::vector<std::string> names_of(const std::vector<Records>& runs) {
    std::vector<std::string> numbers, releases, places;
    for (const Records& records : runs) {
        const std::string& kernel = records.runs.front().kernel;
        numbers.push_back("kernel " + kernel_number(kernel));
        releases.push_back("kernel " + kernel);
        places.push_back(fmt::format("run {}", places.size() + 1));
    }
    return all_different(numbers) ? numbers : all_different(releases) ? releases : places;
}

Records put_together(const std::vector<Records>& runs) {
    Records all;
    for (const Records& records : runs) {
        all.runs.insert(all.runs.end(), records.runs.begin(), records.runs.end());
        all.trials.insert(all.trials.end(), records.trials.begin(), records.trials.end());
    }
    return all;
}

} // namespace

Difference compare(const Cell& a, const Cell& b) {
    if (watched_too_short(a, b) || watched_too_short(b, a))
        return Difference::short_watch;
    if (a.outcome != b.outcome)
        return Difference::outcome;
    if (signals(a) != signals(b))
        return Difference::signal;
    return compare_times(a, b);
}

bool SharedCell::in_all() const { return std::find(cells.begin(), cells.end(), nullptr) == cells.end(); }

Comparison::Comparison(const std::vector<Records>& runs)
    : all_(put_together(runs)), together_(all_), runs_(runs.begin(), runs.end()), names_(names_of(runs)) {
    for (const std::string& traffic : together_.traffics())
        for (const ScenarioHead& column : together_.scenarios())
            for (const DetectorHead& row : together_.detectors()) {
                SharedCell shared{&traffic, &column, &row, {}};
                for (const Cells& run : runs_) {
                    const Cell* cell = run.find(traffic, column.name, row.spec);
                    shared.cells.push_back(cell && cell->n() > 0 ? cell : nullptr);
                }
                if (std::all_of(shared.cells.begin(), shared.cells.end(), [](auto* cell) { return !cell; }))
                    continue;
                if (shared.in_all())
                    shared.difference = gravest(shared.cells);
                cells_.push_back(std::move(shared));
            }
}

int Comparison::count(Difference difference) const {
    return static_cast<int>(std::count_if(cells_.begin(), cells_.end(), [&](const SharedCell& cell) {
        return cell.in_all() && cell.difference == difference;
    }));
}

int Comparison::shared() const {
    return static_cast<int>(
        std::count_if(cells_.begin(), cells_.end(), [](const SharedCell& cell) { return cell.in_all(); }));
}

int Comparison::slower() const {
    return static_cast<int>(std::count_if(cells_.begin(), cells_.end(), [](const SharedCell& cell) {
        return cell.in_all() && cell.difference == Difference::time &&
               cell.cells.back()->spoke.front() > cell.cells.front()->spoke.back();
    }));
}

int Comparison::differing() const {
    return count(Difference::time) + count(Difference::signal) + count(Difference::outcome);
}

} // namespace halfopen
