// A matrix of dozens of methods and failures, whole: methods that behaved alike share a line, failures that were treated
// alike a column.

#include "reports/sections.h"

#include <algorithm>

#include "reports/text.h"
#include "reports/units.h"

namespace halfopen {

namespace {

using RowTexts = std::vector<std::string>;

/// Methods with the same text in every cell.
struct AlikeRows {
    RowTexts cells;
    std::vector<const DetectorHead*> heads;
};

/// Failures with the same text in every row.
struct AlikeColumns {
    size_t first = 0;
    RowTexts labels;
};

std::vector<AlikeRows> alike_rows(const Matrix& matrix) {
    std::vector<AlikeRows> all;
    for (const MatrixRow& row : matrix.rows) {
        RowTexts cells;
        for (const MatrixCell& cell : row.cells)
            cells.push_back(markdown_cell(matrix, cell));
        if (std::all_of(cells.begin(), cells.end(), [](const std::string& text) { return text.empty(); }))
            continue; // Asked about other groups only.
        const auto same = std::find_if(all.begin(), all.end(), [&](const AlikeRows& other) { return other.cells == cells; });
        if (same == all.end())
            all.push_back({cells, {row.head}});
        else
            same->heads.push_back(row.head);
    }
    return all;
}

std::vector<AlikeColumns> alike_columns(const Matrix& matrix, const std::vector<AlikeRows>& rows) {
    std::vector<AlikeColumns> all;
    for (size_t i = 0; i < matrix.columns.size(); ++i) {
        const auto same = std::find_if(all.begin(), all.end(), [&](const AlikeColumns& other) {
            return std::all_of(rows.begin(), rows.end(),
                               [&](const AlikeRows& row) { return row.cells[i] == row.cells[other.first]; });
        });
        if (same == all.end())
            all.push_back({i, {md(matrix.columns[i]->label)}});
        else
            same->labels.push_back(md(matrix.columns[i]->label));
    }
    return all;
}

std::string matrix_line(const RowTexts& cells) { return "| " + joined(cells, " | ") + " |\n"; }

std::string group_head(const Matrix& group, const std::vector<AlikeColumns>& columns) {
    const bool is_silent = group.columns.front()->group == group_silent;
    RowTexts names{"*" + md(group.columns.front()->group) + "*"}, rule{":--"};
    for (const AlikeColumns& column : columns) {
        names.push_back(joined(column.labels, ", "));
        rule.emplace_back(is_silent ? "--:" : ":-:");
    }
    return matrix_line(names) + "|" + joined(rule, "|") + "|\n";
}

/// Lines that differ in other columns only are one here.
std::string group_body(const std::vector<AlikeRows>& rows, const std::vector<AlikeColumns>& columns,
                    const std::vector<const DetectorHead*>& all) {
    std::vector<AlikeRows> lines;
    for (const AlikeRows& row : rows) {
        RowTexts cells;
        for (const AlikeColumns& column : columns)
            cells.push_back(row.cells[column.first]);
        const auto same = std::find_if(lines.begin(), lines.end(), [&](const AlikeRows& line) { return line.cells == cells; });
        if (same == lines.end())
            lines.push_back({cells, row.heads});
        else
            same->heads.insert(same->heads.end(), row.heads.begin(), row.heads.end());
    }
    std::string out;
    for (AlikeRows& line : lines) {
        std::sort(line.heads.begin(), line.heads.end()); // They stand in one vector, in the order of the rows.
        line.cells.insert(line.cells.begin(), md(rows_text(line.heads, all)));
        out += matrix_line(line.cells);
    }
    return out + "\n";
}

} // namespace

std::string whole_matrix(const Matrix& matrix) {
    std::vector<const DetectorHead*> all;
    for (const MatrixRow& row : matrix.rows)
        all.push_back(row.head);
    std::string out;
    for (const Matrix& group : groups_of(matrix)) {
        const std::vector<AlikeRows> rows = alike_rows(group);
        const std::vector<AlikeColumns> columns = alike_columns(group, rows);
        for (size_t first = 0; first < columns.size(); first += most_columns) {
            const size_t last = std::min(first + most_columns, columns.size());
            const std::vector<AlikeColumns> part(columns.begin() + static_cast<std::ptrdiff_t>(first),
                                                 columns.begin() + static_cast<std::ptrdiff_t>(last));
            out += group_head(group, part) + group_body(rows, part, all);
        }
    }
    return out;
}

} // namespace halfopen
