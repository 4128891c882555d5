#pragma once
// The parts of the Markdown report, in its order. Each ends with a newline, or is empty when there is nothing
// to say.

#include <string>

#include "reports/cells.h"
#include "reports/pictures.h"
#include "reports/matrix.h"

namespace halfopen {

bool nothing_was_run(const Cells&); ///< all was skipped: there is no matrix, and nothing to compare

// The first screen.
std::string headline_lines(const Cells&);   ///< what was found, or that nothing may be said
std::string partial_line(const Cells&);     ///< what is missing from the records, when something is
/// How far the rest may be believed. `linked`: the records lie beside the page.
std::string trust_lines(const Cells&, bool linked = true);
bool has_glance(const Cells&);              ///< there are dozens of rows
/// The first profile at a glance, then; else nothing. `linked`: the section of names stands on the same page.
std::string glance_section(const Cells&, bool linked = true);
std::string matrix_section(const Cells&);   ///< the first profile, whole
std::string questions(const Matrix&);       ///< the two that everybody asks in front of the crosses
std::string control_line(const Cells&);     ///< that the control said nothing, as it must
std::string machine_line(const Cells&);     ///< where it was measured, and what carries over
std::string names_section(const Cells&);    ///< what the labels stand for
std::string further_matrices(const Cells&); ///< the other profiles, rows that agree together
std::string matrix_table(const Matrix&, bool with_right); ///< one line for each row
std::string compact_table(const Matrix&);                 ///< one line for each behaviour
std::string whole_matrix(const Matrix&);                  ///< the same for dozens of columns, those that agree as one
std::string markdown_glyph(Mark);                         ///< what stands for a mark
std::string markdown_cell(const Matrix&, const MatrixCell&);
std::string right_text(const MatrixRow&); ///< "10/11"

// After it.
std::string sections_after_matrix(const Cells&, const Pictures& = {}); ///< all of these
std::string never_noticed_section(const Cells&);
std::string false_alarm_section(const Cells&);
std::string accuracy_part(const Cells&); ///< rates and bounds, at its end
std::string meaning_section(const Cells&);
std::string measured_section(const Cells&, const Pictures& = {});
std::string own_measured_section(const Cells&, const Pictures& = {}); ///< of the user's own server: a failure is a row
std::string ladders_section(const Cells&, const Pictures& = {}); ///< those that the pictures hold, or made for it
std::string method_section(const Cells&);
std::string repeat_section(const Cells&);
std::string glossary_section(const Cells&);
std::string own_glossary_section(const Cells&);

} // namespace halfopen
