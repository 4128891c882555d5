#include "reports/matrix.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "harness/base/traffic.h"
#include "reports/agreement.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr Duration first_look = std::chrono::milliseconds{250};

/// A method that looks every 100 ms is as quick as it can be: its rule says so, and it kept to it.
bool is_prompt(const Cell& cell) {
    if (*cell.slowest() < prompt_limit + head_start(cell.valid.front()->traffic))
        return true;
    return *cell.slowest() <= first_look + scheduling_allowance &&
           std::all_of(cell.valid.begin(), cell.valid.end(), [](const TrialLine* trial) {
               return trial->predicted.after && trial->predicted.after->to <= first_look;
           });
}

Mark mark_of(const Cell& cell) {
    switch (cell.outcome) {
    case Outcome::quiet: return Mark::quiet;
    case Outcome::noticed: return cell.times.empty() || is_prompt(cell) ? Mark::prompt : Mark::timed;
    case Outcome::missed: return Mark::missed;
    case Outcome::misread: return Mark::misread;
    case Outcome::false_alarm: return Mark::false_alarm;
    case Outcome::skipped: return Mark::skipped;
    case Outcome::invalid: return Mark::invalid;
    }
    return Mark::invalid;
}

bool somebody_saw(const Cells& cells, const std::string& traffic, const std::string& scenario,
                  std::string_view what) {
    return std::any_of(cells.detectors().begin(), cells.detectors().end(), [&](const DetectorHead& row) {
        const Cell* cell = cells.find(traffic, scenario, row.spec);
        return cell && cell->signal().find(what) != std::string::npos;
    });
}

Surprise surprise_of(const Cells& cells, const std::string& traffic, const ScenarioHead& column,
                     const DetectorHead& row, const Cell& cell) {
    if (cell.outcome != Outcome::noticed)
        return Surprise::none;
    const std::string signal = cell.signal();
    if (row.name == "select-as-stated" && signal.ends_with(": 0") &&
        somebody_saw(cells, traffic, column.name, "ECONNRESET"))
        return Surprise::second_look;
    // On an idle link nobody sends but the method itself, so a RST can only answer its own probe or ping.
    if (traffic == "idle" && column.group == group_silent && signal.find("ECONNRESET") != std::string::npos)
        return Surprise::reset_on_probe;
    return Surprise::none;
}

MatrixCell make_cell(const Cells& cells, const std::string& traffic, const ScenarioHead& column,
                     const DetectorHead& row) {
    MatrixCell made;
    made.cell = cells.find(traffic, column.name, row.spec);
    if (!made.cell)
        return made;
    made.mark = mark_of(*made.cell);
    made.slowest = made.cell->slowest().value_or(Duration{0});
    made.predicted = made.cell->predicted_beyond();
    made.surprise = surprise_of(cells, traffic, column, row, *made.cell);
    const Cell* first = cells.find(cells.traffics().front(), column.name, row.spec);
    made.lost =
        made.mark == Mark::missed && first && first != made.cell && first->outcome == Outcome::noticed;
    return made;
}

void add_cell(MatrixRow& row, MatrixCell cell) {
    if (cell.cell && cell.cell->n() > 0) {
        row.right += is_right(cell.cell->outcome) ? 1 : 0;
        ++row.measured;
    }
    row.cells.push_back(std::move(cell));
}

MatrixRow make_row(const Cells& cells, const Matrix& matrix, const DetectorHead& head,
                   const WaitingText& waiting) {
    MatrixRow row;
    row.head = &head;
    for (const ScenarioHead* column : matrix.columns) {
        MatrixCell cell = make_cell(cells, matrix.traffic, *column, head);
        if (cell.mark == Mark::blank && waiting)
            cell.waiting = waiting(column->name, matrix.traffic, head.spec);
        add_cell(row, std::move(cell));
    }
    return row;
}

bool column_is_used(const Cells& cells, const std::string& traffic, const ScenarioHead& column,
                    const WaitingText& waiting) {
    return std::any_of(cells.detectors().begin(), cells.detectors().end(), [&](const DetectorHead& row) {
        return cells.find(traffic, column.name, row.spec) ||
               (waiting && !waiting(column.name, traffic, row.spec).empty());
    });
}

bool row_is_used(const MatrixRow& row) {
    return std::any_of(row.cells.begin(), row.cells.end(),
                       [](const MatrixCell& cell) { return cell.cell || !cell.waiting.empty(); });
}

void number_surprises(Matrix& matrix) {
    for (const MatrixRow& row : matrix.rows)
        for (const MatrixCell& cell : row.cells) {
            if (cell.cell)
                matrix.most_trials = std::max(matrix.most_trials, cell.cell->n());
            const bool is_new = std::find(matrix.surprises.begin(), matrix.surprises.end(), cell.surprise) ==
                                matrix.surprises.end();
            if (cell.surprise != Surprise::none && is_new)
                matrix.surprises.push_back(cell.surprise);
        }
}

/// A part for each group of columns, and another one after every `most` columns of it.
std::vector<Matrix> split_by_groups(const Matrix& matrix, size_t most) {
    std::vector<Matrix> parts;
    for (size_t i = 0; i < matrix.columns.size(); ++i) {
        const bool is_new = i == 0 || matrix.columns[i]->group != matrix.columns[i - 1]->group ||
                            parts.back().columns.size() == most;
        if (is_new) {
            parts.push_back(matrix);
            parts.back().columns.clear();
            for (MatrixRow& row : parts.back().rows)
                row = MatrixRow{row.head, {}, 0, 0};
        }
        parts.back().columns.push_back(matrix.columns[i]);
        for (size_t row = 0; row < matrix.rows.size(); ++row)
            add_cell(parts.back().rows[row], matrix.rows[row].cells[i]);
    }
    return parts;
}

} // namespace

Matrix make_matrix(const Cells& cells, const std::string& traffic, const WaitingText& waiting) {
    Matrix matrix;
    matrix.traffic = traffic;
    matrix.watched = watched_text(cells, traffic);
    for (const ScenarioHead& column : cells.scenarios())
        if (column_is_used(cells, traffic, column, waiting))
            matrix.columns.push_back(&column);
    for (const DetectorHead& head : cells.detectors())
        if (MatrixRow row = make_row(cells, matrix, head, waiting); row_is_used(row))
            matrix.rows.push_back(std::move(row));
    number_surprises(matrix);
    return matrix;
}

std::vector<Matrix> parts_of(const Matrix& matrix) {
    if (matrix.columns.size() <= most_columns)
        return {matrix};
    return split_by_groups(matrix, most_columns);
}

std::vector<Matrix> groups_of(const Matrix& matrix) { return split_by_groups(matrix, matrix.columns.size()); }

Duration head_start(const std::string& traffic) {
    return traffic == info(Traffic::one_write).name ? one_write_after_fault : Duration{0};
}

std::string law_title(int law) {
    switch (law) {
    case 1: return "recv() <= 0";
    case 2: return "TCP_INFO";
    case 3: return "select()";
    case 4: return "SO_KEEPALIVE";
    case 5: return "heartbeat";
    default: return "other methods";
    }
}

bool is_law_4_with_other_times(const DetectorHead& head) {
    return head.law == 0 && (head.name == "keepalive" || head.name == "keepalive+user-timeout");
}

std::string row_name(const DetectorHead& head) {
    const bool said = head.form.empty() || head.label.find(head.form) != std::string::npos;
    return said ? head.label : head.label + ", " + head.form;
}

std::string traffic_title(const std::string& traffic) {
    if (traffic == "idle")
        return "The server only waits (idle link)";
    if (traffic == "one-write")
        return "The server writes one message, 10 ms after the fault";
    const auto profile = parse_traffic(traffic);
    return profile ? fmt::format("{}: {}", capital(traffic), info(*profile).summary) : capital(traffic);
}

std::string watched_text(const Cells& cells, const std::string& traffic) {
    std::set<Duration> horizons;
    for (const TrialLine& trial : cells.records().trials)
        if (is_valid(trial.outcome) && (traffic.empty() || trial.traffic == traffic))
            horizons.insert(trial.horizon);
    if (horizons.empty())
        horizons.insert(cells.run().horizon);
    return watched_text(*horizons.begin(), *horizons.rbegin());
}

} // namespace halfopen
