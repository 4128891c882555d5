#include "reports/cells.h"

#include <algorithm>
#include <set>

#include "harness/base/traffic.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::string key(const std::string& traffic, const std::string& scenario, const std::string& spec) {
    return traffic + "/" + scenario + "/" + spec;
}

/// Draws the classes of a cell from its trials, which are sorted first: the order of a file is that of a
/// schedule.
void conclude(Cell& cell) {
    std::sort(cell.trials.begin(), cell.trials.end(), [](const TrialLine* a, const TrialLine* b) {
        return std::tie(a->repeat, a->attempt, a->id) < std::tie(b->repeat, b->attempt, b->id);
    });
    cell.outcome = cell.trials.front()->outcome;
    for (const TrialLine* trial : cell.trials) {
        if (badness(trial->outcome) > badness(cell.outcome))
            cell.outcome = trial->outcome;
        if (!is_valid(trial->outcome))
            continue;
        cell.valid.push_back(trial);
        cell.right += is_right(trial->outcome) ? 1 : 0;
        cell.noticed += trial->outcome == Outcome::noticed ? 1 : 0;
        if (trial->noticed_after)
            cell.spoke.push_back(*trial->noticed_after);
        if (trial->noticed_after && trial->outcome == Outcome::noticed)
            cell.times.push_back(*trial->noticed_after);
    }
    std::sort(cell.times.begin(), cell.times.end());
    std::sort(cell.spoke.begin(), cell.spoke.end());
}

/// Heads of the same name are the same head; the first one seen is taken.
template <typename Head> void add_head(std::vector<Head>& heads, const Head& head, std::string Head::*name) {
    const bool known =
        std::any_of(heads.begin(), heads.end(), [&](const Head& other) { return other.*name == head.*name; });
    if (!known)
        heads.push_back(head);
}

/// Profiles in the order of traffic.h; names that this version does not know follow, sorted.
std::vector<std::string> in_order(const std::set<std::string>& names) {
    std::vector<std::string> ordered;
    for (int i = 0; i < traffic_count; ++i)
        if (const std::string name(info(static_cast<Traffic>(i)).name); names.count(name))
            ordered.push_back(name);
    for (const std::string& name : names)
        if (!parse_traffic(name))
            ordered.push_back(name);
    return ordered;
}

} // namespace

int badness(Outcome outcome) {
    switch (outcome) {
    case Outcome::skipped: return 0; // says nothing: any other trial decides
    case Outcome::invalid: return 1;
    case Outcome::quiet: return 2;
    case Outcome::noticed: return 3;
    case Outcome::missed: return 4;
    case Outcome::misread: return 5;
    case Outcome::false_alarm: return 6;
    }
    return 1;
}

std::optional<Duration> Cell::slowest() const {
    return times.empty() ? std::nullopt : std::optional{times.back()};
}

std::optional<Duration> Cell::fastest() const {
    return times.empty() ? std::nullopt : std::optional{times.front()};
}

std::string Cell::signal() const {
    std::string one;
    for (const TrialLine* trial : valid) {
        if (!trial->verdict || trial->signal == one)
            continue;
        if (!one.empty())
            return "several";
        one = trial->signal;
    }
    return one;
}

std::string Cell::why() const {
    for (const TrialLine* trial : trials)
        if (!is_valid(trial->outcome) && !trial->why.empty())
            return trial->why;
    return "no reason was recorded";
}

std::optional<Duration> Cell::predicted_beyond() const {
    std::optional<Duration> earliest;
    for (const TrialLine* trial : valid) {
        const auto& window = trial->predicted.after;
        if (trial->outcome == Outcome::missed && window && window->from > trial->horizon)
            earliest = std::min(earliest.value_or(window->from), window->from);
    }
    return earliest;
}

Cells::Cells(const Records& records) : records_(records) {
    take_heads();
    take_trials();
}

void Cells::take_heads() {
    std::vector<DetectorHead> rows;
    std::vector<ScenarioHead> columns;
    for (const RunLine& run : records_.runs) {
        for (const ScenarioHead& head : run.scenarios)
            add_head(columns, head, &ScenarioHead::name);
        for (const DetectorHead& head : run.detectors)
            add_head(rows, head, &DetectorHead::spec);
    }
    // A record whose run line does not name it still gets its row and its column.
    for (const TrialLine& trial : records_.trials) {
        add_head(columns, {trial.scenario, cut(trial.scenario, 8), "", trial.truth, ""},
                 &ScenarioHead::name);
        add_head(rows, {trial.spec, trial.detector, trial.spec, 0, "", "", false}, &DetectorHead::spec);
    }
    std::vector<std::string> groups;
    for (const ScenarioHead& head : columns)
        if (std::find(groups.begin(), groups.end(), head.group) == groups.end())
            groups.push_back(head.group);
    for (const std::string& group : groups)
        std::copy_if(columns.begin(), columns.end(), std::back_inserter(scenarios_),
                     [&](const ScenarioHead& head) { return head.group == group; });
    for (const DetectorHead& head : rows)
        (head.control ? controls_ : detectors_).push_back(head);
    std::stable_sort(detectors_.begin(), detectors_.end(), [](const DetectorHead& a, const DetectorHead& b) {
        return (a.law == 0 ? 99 : a.law) < (b.law == 0 ? 99 : b.law);
    });
}

void Cells::take_trials() {
    std::set<std::string> traffics;
    for (const TrialLine& trial : records_.trials) {
        traffics.insert(trial.traffic);
        cells_[key(trial.traffic, trial.scenario, trial.spec)].trials.push_back(&trial);
        tried_ += trial.outcome == Outcome::skipped ? 0 : 1;
        invalid_ += trial.outcome == Outcome::invalid ? 1 : 0;
        skipped_ += trial.outcome == Outcome::skipped ? 1 : 0;
    }
    for (auto& [name, cell] : cells_)
        conclude(cell);
    traffics_ = in_order(traffics);
}

const Cell* Cells::find(const std::string& traffic, const std::string& scenario,
                        const std::string& spec) const {
    const auto found = cells_.find(key(traffic, scenario, spec));
    return found == cells_.end() ? nullptr : &found->second;
}

int Cells::planned() const {
    int planned = 0;
    for (const RunLine& run : records_.runs)
        planned = std::max(planned, run.trials);
    return planned;
}

bool Cells::partial() const {
    const bool ended = records_.end && !records_.end->interrupted;
    return !ended || static_cast<int>(records_.trials.size()) < planned();
}

std::vector<std::string> common_traffics(const Cells& cells) {
    std::vector<std::string> common;
    for (const std::string& traffic : cells.traffics()) {
        const auto& rows = cells.detectors();
        const auto run = std::count_if(rows.begin(), rows.end(), [&](const DetectorHead& row) {
            return std::any_of(cells.scenarios().begin(), cells.scenarios().end(), [&](const ScenarioHead& column) {
                const Cell* cell = cells.find(traffic, column.name, row.spec);
                return cell && cell->n() > 0;
            });
        });
        if (2 * static_cast<size_t>(run) > rows.size())
            common.push_back(traffic);
    }
    return common.empty() ? cells.traffics() : common;
}

const ScenarioHead* living_column(const Cells& cells) {
    for (const ScenarioHead& column : cells.scenarios())
        if (column.truth == Truth::alive)
            return &column;
    return nullptr;
}

} // namespace halfopen
