#include "reports/mistakes.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/matrix.h"
#include "reports/text.h"
#include "reports/units.h"

namespace halfopen {

namespace {

std::vector<std::string> wrong_about(const std::vector<Seen>& seen) {
    std::vector<std::string> labels;
    for (const Seen& one : seen)
        if (!one.right())
            labels.push_back(one.column->label);
    return labels;
}

std::string numbered_name(const DetectorHead& row) {
    return row.law ? fmt::format("law {} ({})", row.law, row_name(row)) : row_name(row);
}

/// Subjects in lower case after the first word: "As stated, laws 1-3", "law 1 (recv, 1 s timeout)".
std::string who_misreads(const std::vector<const DetectorHead*>& rows) {
    std::vector<int> laws;
    const bool all_as_stated = std::all_of(rows.begin(), rows.end(),
                                           [](const DetectorHead* row) { return row->form == "as stated"; });
    std::vector<std::string> names;
    for (const DetectorHead* row : rows) {
        if (row->law && (laws.empty() || laws.back() != row->law))
            laws.push_back(row->law);
        names.push_back(numbered_name(*row));
    }
    if (all_as_stated && rows.front()->law)
        return fmt::format("as stated, {} {} {}", laws.size() > 1 ? "laws" : "law", law_numbers(laws),
                           laws.size() > 1 ? "call" : "calls");
    return fmt::format("{} {}", list_of(names), names.size() > 1 ? "call" : "calls");
}

} // namespace

std::string mistakes(const std::vector<RowFacts>& rows) {
    const bool has_laws =
        std::any_of(rows.begin(), rows.end(), [](const RowFacts& row) { return row.head->law > 0; });
    std::vector<const DetectorHead*> misreaders;
    std::vector<std::string> parts;
    for (const RowFacts& row : rows)
        for (const Seen& seen : row.half_closed)
            if (seen.cell->outcome == Outcome::misread && (row.head->law > 0 || !has_laws) &&
                (misreaders.empty() || misreaders.back() != row.head))
                misreaders.push_back(row.head);
    if (!misreaders.empty())
        parts.push_back(who_misreads(misreaders) + " a half-closed client dead");
    for (const RowFacts& row : rows)
        if (row.false_alarm_when_alive() && (row.head->law > 0 || !has_laws))
            parts.push_back(fmt::format("{} calls a client dead that is alive ({})", numbered_name(*row.head),
                                        list_of_most(wrong_about(row.alive), 8)));
    return parts.empty() ? "" : md(opening(joined(parts, "; "))) + ".";
}

} // namespace halfopen
