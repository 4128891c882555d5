#pragma once
// Rows that did the same, and their common name: the subjects of the first sentences.

#include <string>
#include <vector>

#include "reports/rowfacts.h"

namespace halfopen {

/// Some laws, forms of laws, or methods with one behaviour towards the silent failures.
struct Unit {
    std::vector<int> laws;           ///< wholly in this unit
    std::vector<std::string> others; ///< names of rows
    std::vector<const RowFacts*> rows;

    std::string subject() const; ///< "Laws 1-3", "Law 4, as stated and keepalive 4/2/3"
    bool plural() const { return laws.size() + others.size() > 1; }
    const std::vector<ColumnCell>& silent() const { return rows.front()->silent; } ///< the same for all rows
    int noticed_silent() const { return rows.front()->noticed_silent(); }
    bool wavers() const; ///< some silent failure was noticed in some trials only
    /// Labels of the goodbyes that every row noticed.
    std::vector<std::string> goodbyes() const;
    /// The times of everything in `columns` that these rows noticed: fastest and slowest.
    Window times(std::vector<ColumnCell> RowFacts::*columns) const;
};

/// The laws when `rows` hold any, else all methods. Rows that call a living client dead are no part of it, unless all of
/// their law do: they have a sentence of their own.
std::vector<Unit> units_of(const std::vector<RowFacts>& rows);

/// Names of rows, those of one law together: "law 5 (heartbeat; ping-pong)".
std::vector<std::string> by_laws(const std::vector<std::string>& names);

/// "1-3", "1 and 4", "2".
std::string law_numbers(const std::vector<int>& laws);

/// Rows by name, whole laws by number: "laws 1-3; poll; epoll". A law is whole when all of its rows in `all`
/// are among `some`.
std::string rows_text(const std::vector<const DetectorHead*>& some,
                      const std::vector<const DetectorHead*>& all);

} // namespace halfopen
