#include "reports/rowfacts.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/text.h"

namespace halfopen {

namespace {

bool is_right_in_any(const Cells& cells, const std::vector<std::string>& traffics, const std::string& scenario,
                     const std::string& spec) {
    return std::any_of(traffics.begin(), traffics.end(), [&](const std::string& traffic) {
        const Cell* cell = cells.find(traffic, scenario, spec);
        return cell && cell->n() > 0 && is_right(cell->outcome);
    });
}

} // namespace

bool RowFacts::false_alarm_when_alive() const {
    return std::any_of(alive.begin(), alive.end(), [](const ColumnCell& seen) { return !seen.right(); });
}

int RowFacts::noticed_silent() const {
    return static_cast<int>(
        std::count_if(silent.begin(), silent.end(), [](const ColumnCell& seen) { return seen.right(); }));
}

std::vector<RowFacts> row_facts(const Cells& cells, const std::string& traffic) {
    std::vector<RowFacts> all;
    for (const DetectorHead& head : cells.detectors()) {
        RowFacts row;
        row.head = &head;
        for (const ScenarioHead& column : cells.scenarios()) {
            const Cell* cell = cells.find(traffic, column.name, head.spec);
            if (!cell || cell->n() == 0)
                continue;
            // A scenario's truth outranks its group: whoever speaks about a living client is wrong.
            if (column.truth == Truth::alive)
                row.alive.push_back({&column, cell});
            else if (column.group == group_silent)
                row.silent.push_back({&column, cell});
            else
                row.goodbye.push_back({&column, cell});
            if (column.truth == Truth::half_closed)
                row.half_closed.push_back({&column, cell});
        }
        if (!row.alive.empty() || !row.silent.empty() || !row.goodbye.empty())
            all.push_back(std::move(row));
    }
    return all;
}

std::vector<std::string> lost_elsewhere(const Cells& cells, const std::vector<std::string>& compared,
                                        const DetectorHead& head) {
    std::vector<std::string> all;
    for (const std::string& traffic : cells.traffics()) {
        if (std::find(compared.begin(), compared.end(), traffic) != compared.end())
            continue;
        std::vector<std::string> labels;
        for (const ScenarioHead& column : cells.scenarios()) {
            const Cell* cell = cells.find(traffic, column.name, head.spec);
            if (cell && cell->n() > 0 && !is_right(cell->outcome) &&
                is_right_in_any(cells, compared, column.name, head.spec))
                labels.push_back(column.label);
        }
        if (!labels.empty())
            all.push_back(fmt::format("{} with {} traffic", list_of_most(labels, 4), traffic));
    }
    return all;
}

} // namespace halfopen
