#include "reports/mistakes.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/matrix.h"
#include "reports/text.h"
#include "reports/units.h"

namespace halfopen {

namespace {

constexpr size_t most_mistakes = 8; ///< in one sentence

std::vector<std::string> wrong_about(const std::vector<ColumnCell>& seen) {
    std::vector<std::string> labels;
    for (const ColumnCell& one : seen)
        if (!one.right())
            labels.push_back(one.column->label);
    return labels;
}

struct Mistake {
    std::vector<std::string> labels; ///< of the living clients that were called dead
    std::vector<const DetectorHead*> rows;
};

/// Who calls a living client dead, those together who do so about the same ones.
std::vector<Mistake> by_mistake(const std::vector<RowFacts>& rows, bool laws_only) {
    const bool has_law_4 = std::any_of(rows.begin(), rows.end(), [](const RowFacts& row) { return row.head->law == 4; });
    const auto is_law = [&](const DetectorHead& head) { return head.law > 0 || (!has_law_4 && is_law_4_with_other_times(head)); };
    std::vector<Mistake> all;
    for (const RowFacts& row : rows) {
        if (!row.false_alarm_when_alive() || (laws_only && !is_law(*row.head)))
            continue;
        const auto labels = wrong_about(row.alive);
        const auto same = std::find_if(all.begin(), all.end(), [&](const Mistake& other) { return other.labels == labels; });
        if (same == all.end())
            all.push_back({labels, {row.head}});
        else
            same->rows.push_back(row.head);
    }
    return all;
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
        for (const ColumnCell& seen : row.half_closed)
            if (seen.cell->outcome == Outcome::misread && (row.head->law > 0 || !has_laws) &&
                (misreaders.empty() || misreaders.back() != row.head))
                misreaders.push_back(row.head);
    if (!misreaders.empty())
        parts.push_back(who_misreads(misreaders) + " a half-closed client dead");
    for (const Mistake& mistake : by_mistake(rows, has_laws)) {
        std::vector<std::string> names;
        for (const DetectorHead* head : mistake.rows)
            names.push_back(has_laws && is_law_4_with_other_times(*head) ? fmt::format("law 4 with other times ({})", row_name(*head)) : numbered_name(*head));
        parts.push_back(fmt::format("{} {} a client dead that is alive ({})", list_of(by_laws(names)),
                                    names.size() > 1 ? "call" : "calls", list_of_most(mistake.labels, most_mistakes)));
    }
    return parts.empty() ? "" : md(opening(joined(parts, "; "))) + ".";
}

} // namespace halfopen
