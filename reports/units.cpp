#include "reports/units.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "reports/matrix.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::vector<const RowFacts*> rows_of_law(const std::vector<RowFacts>& rows, int law) {
    std::vector<const RowFacts*> some;
    for (const RowFacts& row : rows)
        if (row.head->law == law && !row.false_alarm_when_alive())
            some.push_back(&row);
    return some;
}

bool behave_alike(const RowFacts& a, const RowFacts& b) { return a.silent == b.silent; }

/// A law whose rows behave alike is one unit; else each of its rows is one.
void add_law(std::vector<Unit>& units, const std::vector<RowFacts>& all, int law) {
    auto rows = rows_of_law(all, law);
    // Where every form of a law calls somebody living dead, what it notices is still to be told.
    if (rows.empty())
        for (const RowFacts& row : all)
            if (row.head->law == law)
                rows.push_back(&row);
    if (std::all_of(rows.begin(), rows.end(),
                    [&](const RowFacts* row) { return behave_alike(*row, *rows[0]); })) {
        units.push_back({{law}, {}, rows});
        return;
    }
    for (const RowFacts* row : rows)
        units.push_back({{}, {fmt::format("law {} ({})", law, row_name(*row->head))}, {row}});
}

/// Whoever looks for law 4 finds these.
void add_shortened_law_4(std::vector<Unit>& units, const std::vector<RowFacts>& rows) {
    for (const RowFacts& row : rows)
        if (is_law_4_with_other_times(*row.head))
            units.push_back({{}, {fmt::format("law 4 with other times ({})", row_name(*row.head))}, {&row}});
}

void merge_into(Unit& unit, const Unit& other) {
    unit.laws.insert(unit.laws.end(), other.laws.begin(), other.laws.end());
    unit.others.insert(unit.others.end(), other.others.begin(), other.others.end());
    unit.rows.insert(unit.rows.end(), other.rows.begin(), other.rows.end());
}

std::vector<Unit> merged(const std::vector<Unit>& units) {
    std::vector<Unit> groups;
    for (const Unit& unit : units) {
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const Unit& group) {
            return behave_alike(*group.rows[0], *unit.rows[0]);
        });
        if (same == groups.end())
            groups.push_back(unit);
        else
            merge_into(*same, unit);
    }
    return groups;
}

/// "law 5" for "law 5 (ping-pong)"; nothing for a name that is no part of a law.
std::string law_before(const std::string& name) {
    const size_t opens = name.find(" (");
    return name.starts_with("law ") && name.ends_with(')') && opens != std::string::npos ? name.substr(0, opens) : "";
}

} // namespace

std::vector<std::string> by_laws(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    for (const std::string& name : names) {
        const std::string law = law_before(name);
        if (law.empty() || all.empty() || law_before(all.back()) != law)
            all.push_back(name);
        else
            all.back() = all.back().substr(0, all.back().size() - 1) + "; " + name.substr(law.size() + 2);
    }
    return all;
}

std::string law_numbers(const std::vector<int>& laws) {
    const int span = laws.back() - laws.front() + 1;
    if (laws.size() > 2 && span == static_cast<int>(laws.size()))
        return fmt::format("{}-{}", laws.front(), laws.back());
    std::vector<std::string> names;
    for (const int law : laws)
        names.push_back(std::to_string(law));
    return list_of(names);
}

std::string Unit::subject() const {
    std::vector<std::string> names;
    if (!laws.empty())
        names.push_back((laws.size() > 1 ? "laws " : "law ") + law_numbers(laws));
    names.insert(names.end(), others.begin(), others.end());
    return opening(list_of(by_laws(names)));
}

std::vector<std::string> Unit::goodbyes() const {
    std::vector<std::string> labels;
    for (const ColumnCell& seen : rows.front()->goodbye) {
        const bool all = std::all_of(rows.begin(), rows.end(), [&](const RowFacts* row) {
            return std::any_of(row->goodbye.begin(), row->goodbye.end(), [&](const ColumnCell& other) {
                return other.column == seen.column && other.right();
            });
        });
        if (all)
            labels.push_back(seen.column->label);
    }
    return labels;
}

bool Unit::wavers() const {
    const auto& seen = silent();
    return std::any_of(seen.begin(), seen.end(), [](const ColumnCell& one) { return one.cell->mixed(); });
}

Window Unit::times(std::vector<ColumnCell> RowFacts::*columns) const {
    Window span{Duration::max(), Duration{0}};
    for (const RowFacts* row : rows)
        for (const ColumnCell& seen : row->*columns)
            if (seen.right() && seen.cell->fastest())
                span = {std::min(span.from, *seen.cell->fastest()), std::max(span.to, *seen.cell->slowest())};
    return span.from > span.to ? Window{} : span;
}

std::vector<Unit> units_of(const std::vector<RowFacts>& rows) {
    std::set<int> laws;
    for (const RowFacts& row : rows)
        laws.insert(row.head->law);
    laws.erase(0);
    std::vector<Unit> units;
    for (const int law : laws) {
        if (law == 5 && !laws.count(4))
            add_shortened_law_4(units, rows);
        add_law(units, rows, law);
    }
    if (laws.empty())
        for (const RowFacts& row : rows)
            if (!row.false_alarm_when_alive())
                units.push_back({{}, {row_name(*row.head)}, {&row}});
    return merged(units);
}

std::string rows_text(const std::vector<const DetectorHead*>& some,
                      const std::vector<const DetectorHead*>& all) {
    std::vector<int> whole;
    std::map<int, std::vector<std::string>> parts; // of laws that are here with some of their rows only
    std::vector<std::string> others;
    const auto of_law = [](const std::vector<const DetectorHead*>& rows, int law) {
        return std::count_if(rows.begin(), rows.end(),
                             [&](const DetectorHead* row) { return row->law == law; });
    };
    for (const DetectorHead* row : some) {
        if (row->law == 0)
            others.push_back(row_name(*row));
        else if (of_law(some, row->law) != of_law(all, row->law))
            parts[row->law].push_back(row_name(*row));
        else if (whole.empty() || whole.back() != row->law)
            whole.push_back(row->law);
    }
    std::map<int, std::string> laws; // by their first number
    if (!whole.empty())
        laws[whole.front()] = (whole.size() > 1 ? "laws " : "law ") + law_numbers(whole);
    for (const auto& [law, rows] : parts)
        laws[law] = fmt::format("law {} ({})", law, joined(rows, "; "));
    std::vector<std::string> names;
    for (const auto& [law, text] : laws)
        names.push_back(text);
    names.insert(names.end(), others.begin(), others.end());
    return joined(names, "; ");
}

} // namespace halfopen
