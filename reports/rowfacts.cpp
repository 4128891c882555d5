#include "reports/rowfacts.h"

#include <algorithm>

namespace halfopen {

bool RowFacts::false_alarm_when_alive() const {
    return std::any_of(alive.begin(), alive.end(), [](const Seen& seen) { return !seen.right(); });
}

int RowFacts::noticed_silent() const {
    return static_cast<int>(
        std::count_if(silent.begin(), silent.end(), [](const Seen& seen) { return seen.right(); }));
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

} // namespace halfopen
