#pragma once
// The content of a law matrix, once; markdown.cpp and terminal.cpp only spell it.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reports/cells.h"

namespace halfopen {

/// What a cell of the matrix claims.
enum class Mark {
    blank,       ///< no trial is recorded
    quiet,       ///< rightly said nothing
    prompt,      ///< noticed in under 10 ms, or in the first quarter of a second as predicted
    timed,       ///< noticed later; the slowest trial
    missed,      ///< not noticed while watched
    misread,     ///< called dead, was half-closed
    false_alarm, ///< called dead, was alive, or before anything broke
    skipped,
    invalid,
};

/// Where a signal would surprise a reader of the laws.
enum class Surprise {
    none,
    second_look,    ///< recv() gave ECONNRESET once, then 0
    reset_on_probe, ///< ECONNRESET where the note says ETIMEDOUT
};

struct MatrixCell {
    Mark mark = Mark::blank;
    const Cell* cell = nullptr;
    Duration slowest{0};               ///< for prompt and timed
    std::optional<Duration> predicted; ///< for missed: the earliest moment by the rule, beyond the horizon
    Surprise surprise = Surprise::none;
    bool lost = false;   ///< missed here, noticed in the first profile
    std::string waiting; ///< for blank: what a running display says instead
};

struct MatrixRow {
    const DetectorHead* head = nullptr;
    std::vector<MatrixCell> cells; ///< one for each column
    int right = 0;                 ///< cells with the right answer
    int measured = 0;              ///< cells with a valid trial
};

struct Matrix {
    std::string traffic;
    std::vector<const ScenarioHead*> columns;
    std::vector<MatrixRow> rows;
    std::vector<Surprise> surprises; ///< in the order of their first appearance: note 1, note 2
    int most_trials = 0;             ///< valid trials of the fullest cell
    std::string watched;             ///< "in the 80 s watched"
};

/// What stands in a cell without a trial while a run goes on: "41s."; nothing for a cell that is not planned.
using WaitingText = std::function<std::string(const std::string& scenario, const std::string& traffic,
                                              const std::string& spec)>;

/// Rows and columns without any trial of this profile are left out, unless `waiting` has a text for them.
Matrix make_matrix(const Cells&, const std::string& traffic, const WaitingText& waiting = {});

/// A matrix that is too wide for a page, by groups of columns and at most twelve at a time; else itself.
std::vector<Matrix> parts_of(const Matrix&);
/// The same by groups alone, however wide they are.
std::vector<Matrix> groups_of(const Matrix&);
/// Columns that fit beside each other on a page.
inline constexpr size_t most_columns = 12;

/// How long after the fault the event comes that this profile adds: nothing can be heard of it before.
Duration head_start(const std::string& traffic);

/// "1 recv() <= 0" and the other four: what the note's laws watch.
std::string law_title(int law);
/// What a plan in a hurry runs in the place of law 4: the same with other times than it names.
bool is_law_4_with_other_times(const DetectorHead&);
/// The label with its form: "keepalive 60/5/3, as stated".
std::string row_name(const DetectorHead&);
/// "The server only waits (idle link)".
std::string traffic_title(const std::string& traffic);
/// "in the 80 s watched" over all trials that said nothing; two horizons make "in the 80 s to 3 h watched".
std::string watched_text(const Cells&, const std::string& traffic = "");

/// How a sentence that may hold names of a record is spelled where it is shown, as md() does for Markdown.
using Spelling = std::function<std::string(std::string_view)>;
/// What each mark that occurs claims, in words; `glyph` spells a mark.
std::vector<std::string> legend(const Matrix&, const std::function<std::string(Mark)>& glyph, const Spelling&);
/// One for each entry of Matrix::surprises.
std::string surprise_text(Surprise);

} // namespace halfopen
