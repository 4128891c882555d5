#include "reports/terminal.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/findings.h"
#include "reports/glance.h"
#include "reports/glyphs.h"
#include "reports/rowlabels.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr size_t right_width = 5; // "10/11"
constexpr size_t least_label = 16;
constexpr size_t least_columns = 60;

/// Rows that are printed as one: the first with the number of others that agree.
struct PrintedRow {
    const MatrixRow* row = nullptr;
    std::string name;
    int others = 0;
};

class Painter {
public:
    Painter(const Matrix& matrix, const TerminalStyle& style, bool with_right, bool compact)
        : matrix_(matrix), style_(style), with_right_(with_right) {
        fit();
        choose_lines(compact);
    }

    std::string table() const {
        std::string out;
        for (size_t first = 0; first < matrix_.columns.size(); first += columns_per_table_) {
            const size_t last = std::min(first + columns_per_table_, matrix_.columns.size());
            const bool right = with_right_ && last == matrix_.columns.size();
            out += (first > 0 ? "\n" : "") + groups(first, last) + heads(first, last, right);
            for (const PrintedRow& line : lines_)
                out += row(line, first, last, right);
        }
        return out;
    }

    /// Below 60 columns: a method, then what it did, scenario by scenario.
    std::string blocks() const {
        std::string out;
        for (const MatrixRow& row : matrix_.rows) {
            std::vector<std::string> cells;
            for (size_t i = 0; i < matrix_.columns.size(); ++i)
                if (const std::string text = spelled(row.cells[i]); !text.empty())
                    cells.push_back(matrix_.columns[i]->label + " " + text);
            std::string name = (row.head->law ? fmt::format("{} ", row.head->law) : "") + row_name(*row.head);
            name += row.measured && with_right_ ? fmt::format(" ({}/{})", row.right, row.measured) : "";
            out += wrapped(name, columns(), "  ") + "\n";
            out += "  " + wrapped(joined(cells, ", "), columns() - 2, "  ") + "\n";
        }
        return out;
    }

    std::string legend_lines() const {
        std::vector<std::string> parts =
            legend(matrix_, [this](Mark mark) { return terminal_glyph(mark, style_.ascii); }, printable);
        const auto has = [&](auto what) {
            return std::any_of(matrix_.rows.begin(), matrix_.rows.end(), [&](const MatrixRow& row) {
                return std::any_of(row.cells.begin(), row.cells.end(), what);
            });
        };
        if (has([](const MatrixCell& cell) { return !cell.waiting.empty(); }))
            parts.push_back("41s. still watched, seconds left");
        if (std::any_of(lines_.begin(), lines_.end(), [](const PrintedRow& line) { return line.others > 0; }))
            parts.push_back("+N and N more rows that agree");
        return filled(parts, columns());
    }

private:
    size_t columns() const { return static_cast<size_t>(std::max(style_.columns, 20)); }

    /// Wider cells where the whole labels fit; several tables where not even four letters do.
    void fit() {
        const size_t count = std::max<size_t>(matrix_.columns.size(), 1);
        size_t widest = 4;
        for (const ScenarioHead* column : matrix_.columns)
            widest = std::max(widest, display_width(column->label));
        const size_t room = columns() - std::min(columns(), right_width);
        const size_t wanted = room > 24 ? (room - 24) / count : 0;
        cell_width_ = std::clamp<size_t>(wanted > 0 ? wanted - 1 : 0, 4, widest);
        columns_per_table_ = room > least_label ? (room - least_label) / (cell_width_ + 1) : 1;
        columns_per_table_ = std::clamp<size_t>(columns_per_table_, 1, count);
        size_t longest = least_label;
        for (const MatrixRow& row : matrix_.rows)
            longest = std::max(longest, display_width(row_name(*row.head)) + 3);
        label_width_ = std::min(room - std::min(room, columns_per_table_ * (cell_width_ + 1)), longest);
        label_width_ = std::max<size_t>(label_width_, 8);
    }

    void choose_lines(bool compact) {
        const size_t room = label_width_ - (compact ? 6 : 3);
        const auto names = short_names(matrix_.rows, room);
        for (size_t i = 0; i < matrix_.rows.size(); ++i) {
            const auto same = std::find_if(lines_.begin(), lines_.end(), [&](const PrintedRow& line) {
                return compact && all_cells(*line.row) == all_cells(matrix_.rows[i]);
            });
            if (same == lines_.end())
                lines_.push_back({&matrix_.rows[i], names[i], 0});
            else
                ++same->others;
        }
    }

    /// What makes two rows agree: the same text, and the same change against the first profile.
    std::vector<std::string> all_cells(const MatrixRow& row) const {
        std::vector<std::string> cells;
        for (const MatrixCell& cell : row.cells)
            cells.push_back(spelled(cell) + (cell.lost ? " lost" : ""));
        return cells;
    }

    std::string groups(size_t first, size_t last) const {
        std::string out(label_width_, ' ');
        for (size_t i = first; i < last;) {
            size_t end = i;
            while (end < last && matrix_.columns[end]->group == matrix_.columns[i]->group)
                ++end;
            const size_t room = (end - i) * (cell_width_ + 1);
            out += pad_right(cut(matrix_.columns[i]->group, room - 1), room);
            i = end;
        }
        return trimmed(out) + "\n";
    }

    std::string heads(size_t first, size_t last, bool right) const {
        std::string out = pad_right("law", label_width_);
        for (size_t i = first; i < last; ++i)
            out += pad_right(short_column(*matrix_.columns[i], cell_width_), cell_width_ + 1);
        return trimmed(out + (right ? "right" : "")) + "\n";
    }

    std::string row(const PrintedRow& line, size_t first, size_t last, bool right) const {
        const MatrixRow& row = *line.row;
        const bool new_law =
            row.head->law && (&line == &lines_.front() || (&line - 1)->row->head->law != row.head->law);
        std::string name = (new_law ? fmt::format("{} ", row.head->law) : "  ") + line.name;
        name += line.others ? fmt::format(" +{}", line.others) : "";
        std::string out = pad_right(name, label_width_);
        for (size_t i = first; i < last; ++i)
            out += painted(row.cells[i]);
        if (right)
            out +=
                pad_left(row.measured ? fmt::format("{}/{}", row.right, row.measured) : "n/a", right_width);
        return trimmed(out) + "\n";
    }

    /// One cell with its padding, the colour around the text only.
    std::string painted(const MatrixCell& cell) const {
        std::string text = spelled(cell);
        if (display_width(text) == 1)
            text = " " + text;
        const std::string padding(cell_width_ + 1 - std::min(cell_width_, display_width(text)), ' ');
        const std::string_view code = ansi_colour(cell.mark);
        if (!style_.colour || text.empty() || code.empty())
            return cut(text, cell_width_) + padding;
        return fmt::format("\x1b[{}m{}\x1b[0m{}", code, cut(text, cell_width_), padding);
    }

    std::string spelled(const MatrixCell& cell) const { return terminal_cell(cell, style_.ascii); }

    static std::string trimmed(std::string line) {
        while (line.ends_with(' '))
            line.pop_back();
        return line;
    }

    const Matrix& matrix_;
    const TerminalStyle& style_;
    bool with_right_;
    size_t cell_width_ = 4;
    size_t columns_per_table_ = 1;
    size_t label_width_ = least_label;
    std::vector<PrintedRow> lines_;
};

} // namespace

std::string terminal_matrix(const Records& records, const TerminalStyle& style) {
    const Cells cells(records);
    std::vector<std::string> traffics = cells.traffics();
    if (!style.traffic.empty())
        traffics = {style.traffic};
    else if (traffics.empty() && style.waiting_text)
        traffics = {"idle"};
    std::string out;
    for (const std::string& traffic : traffics) {
        const Matrix matrix = make_matrix(cells, traffic, style.waiting_text);
        if (matrix.rows.empty())
            continue;
        const bool is_first = out.empty();
        if (is_first && needs_glance(cells, matrix)) {
            out = wrapped(traffic_title(traffic), static_cast<size_t>(std::max(style.columns, 20))) + "\n" +
                  terminal_glance(cells, matrix, style);
            break;
        }
        const Painter painter(matrix, style, is_first && !cells.untrustworthy(),
                              !is_first && !style.waiting_text);
        out += is_first && traffics.size() == 1
                   ? ""
                   : (is_first ? "" : "\n") +
                         wrapped(traffic_title(traffic), static_cast<size_t>(std::max(style.columns, 20))) +
                         "\n";
        out += static_cast<size_t>(style.columns) < least_columns ? painter.blocks() : painter.table();
        out += painter.legend_lines();
    }
    return style.ascii ? ascii(out) : out;
}

std::string terminal_headline(const Records& records, const TerminalStyle& style) {
    const Cells cells(records);
    std::string out;
    if (cells.untrustworthy())
        out = fmt::format(
            "{} of {} trials are invalid, more than the 2 % that are accepted: nothing is ranked.\n",
            cells.invalid(), cells.tried());
    else
        for (const std::string& sentence : headline(cells))
            out += wrapped(plain(sentence), static_cast<size_t>(std::max(style.columns, 20)), "  ") + "\n";
    if (const size_t outside = exceptions(cells).size())
        out += fmt::format("Outside the prediction: {}; the report lists them.\n",
                           counted(static_cast<int>(outside), "cell"));
    return style.ascii ? ascii(out) : out;
}

} // namespace halfopen
