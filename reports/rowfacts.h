#pragma once
// What one row of a matrix did, as the sentences of a report need it.

#include <string>
#include <vector>

#include "reports/cells.h"

namespace halfopen {

/// Columns are scenarios, each with the cell of this row.
struct ColumnCell {
    const ScenarioHead* column = nullptr;
    const Cell* cell = nullptr;
    bool right() const { return is_right(cell->outcome); }
    /// The same column with the same answer, equally sure of it.
    bool operator==(const ColumnCell& o) const {
        return column == o.column && right() == o.right() && cell->mixed() == o.cell->mixed();
    }
};

/// One row in one traffic profile; only cells with a valid trial.
struct RowFacts {
    const DetectorHead* head = nullptr;
    std::vector<ColumnCell> alive, goodbye, silent,
        half_closed; ///< by column; half-closed ones are in goodbye as well
    bool false_alarm_when_alive() const;
    int noticed_silent() const;
};

/// Every row that has a valid trial in this profile, in order.
std::vector<RowFacts> row_facts(const Cells&, const std::string& traffic);

/// What a method has against it although it was right in `compared`: the failures of these profiles about which it was
/// right there and wrong in another, "drop and stopped with sending traffic". Nothing for most methods.
std::vector<std::string> lost_elsewhere(const Cells&, const std::vector<std::string>& compared, const DetectorHead&);

} // namespace halfopen
