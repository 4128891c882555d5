#pragma once
// A matrix of dozens of methods and failures at a glance: the laws, and of each family of other methods its best and its
// worst member; the failures by classes. The whole matrix stands behind it.

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "reports/matrix.h"

namespace halfopen {

/// A matrix with more rows than this is not read, only searched.
inline constexpr size_t most_rows_read = 20;
/// So many failures of a class are named in a cell; more are counted.
inline constexpr size_t most_named = 2;

/// Failures of one kind: what the client's end does, and what is true afterwards.
struct FailureClass {
    std::string group;
    Truth truth = Truth::alive;
    std::vector<size_t> columns; ///< of the matrix
};

/// What one method did about one class.
struct ClassCell {
    int right = 0;    ///< failures with the right answer in all trials
    int measured = 0; ///< failures with a valid trial
    Duration slowest{0};                    ///< notice of the right ones that took a while; zero when none did
    std::vector<const ScenarioHead*> wrong; ///< the others
    std::set<Mark> marks;                   ///< how they are wrong
};

enum class Standing {
    law,
    only, ///< one method, or a family that behaved alike
    best,
    worst
};

struct GlanceRow {
    const MatrixRow* row = nullptr; ///< of the matrix
    Standing standing = Standing::law;
    int law = 0;                ///< 1 to 5; zero for other methods
    bool other_times = false;   ///< of law 4, which was not run with those that it names
    std::string family; ///< empty for a law
    int members = 1;    ///< of the family
    int not_run = 0;    ///< of them
    int alike = 0;      ///< others of the family with the same answers
    std::vector<ClassCell> cells; ///< one for each class
};

struct Glance {
    std::vector<FailureClass> classes;
    std::vector<GlanceRow> rows;
};

/// Nothing is ranked where too many trials are invalid.
inline bool needs_glance(const Cells& cells, const Matrix& matrix) {
    return matrix.rows.size() > most_rows_read && !cells.untrustworthy();
}

/// Where law 4 was not run with the times that it names, it is shown with those that were right most often. Best and worst
/// are those with the largest and the smallest share of right answers. Who loses with other traffic what it noticed here is
/// not called the best while its family has another.
Glance glance_of(const Cells&, const Matrix&);

/// "reading and waiting": the record's word, or what an earlier record lets one tell.
std::string family_of(const DetectorHead&);

/// Every failure of the class got its right answer.
bool is_all_right(const ClassCell&);

/// What the marks of a glance claim; only of those that occur.
std::vector<std::string> glance_legend(const Matrix&, const Glance&, const std::function<std::string(Mark)>& glyph);

} // namespace halfopen
