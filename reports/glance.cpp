#include "reports/glance.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/rowfacts.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::vector<FailureClass> classes_of(const Matrix& matrix) {
    std::vector<FailureClass> classes;
    for (size_t i = 0; i < matrix.columns.size(); ++i) {
        const ScenarioHead& column = *matrix.columns[i];
        auto same = std::find_if(classes.begin(), classes.end(), [&](const FailureClass& one) {
            return one.group == column.group && one.truth == column.truth;
        });
        if (same == classes.end())
            same = classes.insert(classes.end(), {column.group, column.truth, {}});
        same->columns.push_back(i);
    }
    return classes;
}

bool is_measured(const MatrixCell& cell) { return cell.cell && cell.cell->n() > 0; }
/// With the right answer.
bool is_answered(const MatrixCell& cell) { return is_measured(cell) && is_right(cell.cell->outcome); }

ClassCell class_cell(const Matrix& matrix, const MatrixRow& row, const FailureClass& failures) {
    ClassCell sum;
    for (const size_t i : failures.columns) {
        const MatrixCell& cell = row.cells[i];
        if (!is_measured(cell))
            continue;
        ++sum.measured;
        if (is_answered(cell)) {
            ++sum.right;
            if (cell.mark == Mark::timed)
                sum.slowest = std::max(sum.slowest, cell.slowest);
        } else {
            sum.wrong.push_back(matrix.columns[i]);
            sum.marks.insert(cell.mark);
        }
    }
    return sum;
}

bool answer_alike(const MatrixRow& a, const MatrixRow& b) {
    return std::equal(a.cells.begin(), a.cells.end(), b.cells.begin(), [](const MatrixCell& x, const MatrixCell& y) {
        return is_measured(x) == is_measured(y) && is_answered(x) == is_answered(y);
    });
}

/// True when `a` has the larger share of right answers, or the same share of more.
bool is_better(const MatrixRow& a, const MatrixRow& b) {
    const int ahead = a.right * b.measured - b.right * a.measured;
    return ahead != 0 ? ahead > 0 : a.measured > b.measured;
}

int law_of(const MatrixRow& row) { return row.head->law ? row.head->law : 4; }

/// One family of methods without a law, in the order of the rows.
struct Members {
    std::string family;
    std::vector<const MatrixRow*> run;
    std::vector<const MatrixRow*> not_run;
};

/// Of each method of law 4 the row of the times with which it was right most often.
std::vector<const MatrixRow*> law_4_with_other_times(const Matrix& matrix) {
    std::vector<const MatrixRow*> best;
    for (const MatrixRow& row : matrix.rows) {
        if (!is_law_4_with_other_times(*row.head))
            continue;
        const auto same = std::find_if(best.begin(), best.end(), [&](const MatrixRow* other) { return other->head->name == row.head->name; });
        if (same == best.end())
            best.push_back(&row);
        else if (is_better(row, **same))
            *same = &row;
    }
    return best;
}

/// In the order of the laws.
std::vector<const MatrixRow*> rows_of_laws(const Matrix& matrix) {
    std::vector<const MatrixRow*> rows;
    bool has_law_4 = false;
    for (const MatrixRow& row : matrix.rows) {
        has_law_4 |= row.head->law == 4;
        if (row.head->law > 0)
            rows.push_back(&row);
    }
    if (!has_law_4)
        for (const MatrixRow* row : law_4_with_other_times(matrix))
            rows.push_back(row);
    std::stable_sort(rows.begin(), rows.end(), [](const MatrixRow* a, const MatrixRow* b) { return law_of(*a) < law_of(*b); });
    return rows;
}

std::vector<Members> families_of(const Matrix& matrix, const std::vector<const MatrixRow*>& laws) {
    std::vector<Members> all;
    for (const MatrixRow& row : matrix.rows) {
        if (std::find(laws.begin(), laws.end(), &row) != laws.end())
            continue;
        const std::string family = family_of(*row.head);
        auto same = std::find_if(all.begin(), all.end(), [&](const Members& other) { return other.family == family; });
        if (same == all.end())
            same = all.insert(all.end(), {family, {}, {}});
        (row.measured ? same->run : same->not_run).push_back(&row);
    }
    return all;
}

/// Those that were run nearly everywhere: a method that was asked little is not better for it.
std::vector<const MatrixRow*> comparable(const std::vector<const MatrixRow*>& rows) {
    int most = 0;
    for (const MatrixRow* row : rows)
        most = std::max(most, row->measured);
    std::vector<const MatrixRow*> some;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(some),
                 [&](const MatrixRow* row) { return 10 * row->measured >= 9 * most; });
    return some;
}

/// The first of the best, among those who keep their answers with other traffic where there are any.
const MatrixRow* best_of(const Cells& cells, const Matrix& matrix, const std::vector<const MatrixRow*>& rows) {
    std::vector<const MatrixRow*> steady;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(steady), [&](const MatrixRow* row) {
        return lost_elsewhere(cells, {matrix.traffic}, *row->head).empty();
    });
    const auto& candidates = steady.empty() ? rows : steady;
    return *std::min_element(candidates.begin(), candidates.end(),
                             [](const MatrixRow* a, const MatrixRow* b) { return is_better(*a, *b); });
}

GlanceRow glance_row(const Matrix& matrix, const Glance& glance, const MatrixRow& row, Standing standing, const Members& family) {
    GlanceRow made{&row, standing, standing == Standing::law ? law_of(row) : 0, standing == Standing::law && !row.head->law, family.family, 1, 0, 0, {}};
    made.members = std::max<int>(1, static_cast<int>(family.run.size() + family.not_run.size()));
    made.not_run = static_cast<int>(family.not_run.size());
    for (const MatrixRow* other : family.run)
        made.alike += other != &row && answer_alike(*other, row) ? 1 : 0;
    for (const FailureClass& failures : glance.classes)
        made.cells.push_back(class_cell(matrix, row, failures));
    return made;
}

void add_family(Glance& glance, const Cells& cells, const Matrix& matrix, const Members& family) {
    if (family.run.empty()) {
        glance.rows.push_back(glance_row(matrix, glance, *family.not_run.front(), Standing::only, family));
        return;
    }
    const std::vector<const MatrixRow*> rows = comparable(family.run);
    const MatrixRow* best = best_of(cells, matrix, rows);
    const MatrixRow* worst = *std::max_element(rows.begin(), rows.end(),
                                               [](const MatrixRow* a, const MatrixRow* b) { return is_better(*a, *b); });
    const bool differ = !answer_alike(*best, *worst);
    glance.rows.push_back(glance_row(matrix, glance, *best, differ ? Standing::best : Standing::only, family));
    if (differ)
        glance.rows.push_back(glance_row(matrix, glance, *worst, Standing::worst, family));
}

/// What occurs in a glance, and so needs a word.
struct Occurs {
    bool quiet = false, prompt = false, timed = false, partly = false, not_run = false, best = false, other_times = false;
    std::set<Mark> marks;
};

Occurs occurring(const Glance& glance) {
    Occurs occurs;
    for (const GlanceRow& row : glance.rows) {
        occurs.best |= row.standing == Standing::best;
        occurs.other_times |= row.other_times;
        for (size_t i = 0; i < row.cells.size(); ++i) {
            const ClassCell& cell = row.cells[i];
            const bool alive = glance.classes[i].truth == Truth::alive;
            occurs.not_run |= cell.measured == 0;
            occurs.marks.insert(cell.marks.begin(), cell.marks.end());
            occurs.partly |= cell.right > 0 && !cell.wrong.empty();
            occurs.quiet |= alive && is_all_right(cell);
            occurs.prompt |= !alive && is_all_right(cell) && cell.slowest == Duration::zero();
            occurs.timed |= !alive && is_all_right(cell) && cell.slowest > Duration::zero();
        }
    }
    return occurs;
}

} // namespace

std::string family_of(const DetectorHead& head) {
    if (!head.family.empty())
        return head.family;
    return head.is_helped() ? "with the client's help" : "other methods";
}

bool is_all_right(const ClassCell& cell) { return cell.measured > 0 && cell.right == cell.measured; }

Glance glance_of(const Cells& cells, const Matrix& matrix) {
    Glance glance;
    glance.classes = classes_of(matrix);
    const std::vector<const MatrixRow*> laws = rows_of_laws(matrix);
    for (const MatrixRow* row : laws)
        glance.rows.push_back(glance_row(matrix, glance, *row, Standing::law, {}));
    for (const Members& family : families_of(matrix, laws))
        add_family(glance, cells, matrix, family);
    return glance;
}

std::vector<std::string> glance_legend(const Matrix& matrix, const Glance& glance,
                                       const std::function<std::string(Mark)>& glyph) {
    const Occurs occurs = occurring(glance);
    std::vector<std::string> lines;
    const auto add = [&](bool occurs_here, const std::string& text) {
        if (occurs_here)
            lines.push_back(text);
    };
    add(occurs.prompt, glyph(Mark::prompt) + " noticed all at once (under 10 ms, or at its first look)");
    add(occurs.timed, "a time: noticed, the slowest of all trials after so long");
    add(occurs.partly, "k/n right about k of n, in all trials");
    add(occurs.quiet, glyph(Mark::quiet) + " rightly quiet about all");
    add(occurs.marks.count(Mark::missed), glyph(Mark::missed) + " not noticed " + matrix.watched);
    add(occurs.marks.count(Mark::misread), glyph(Mark::misread) + " called dead, was half-closed");
    add(occurs.marks.count(Mark::false_alarm),
        glyph(Mark::false_alarm) + " called dead, was alive (or before anything broke)");
    add(occurs.not_run, glyph(Mark::skipped) + " not run");
    add(occurs.other_times, "law 4: with other times, the best that were run, as 60 s, 5 s, 3 were not");
    add(occurs.best, "best, worst: of a family, by the share of right answers; best of those who keep theirs with other traffic");
    add(true, "right: of the scenarios in which the method was run; those in which it was not run are not counted");
    return lines;
}

} // namespace halfopen
