#pragma once
// The matrix in a terminal: at the end of a run, and filling while it goes on.

#include <string>

#include "harness/trial/record.h"
#include "reports/matrix.h"

namespace halfopen {

struct TerminalStyle {
    int columns = 80;
    bool ascii = false;    ///< no character outside ASCII, whatever the labels hold
    bool colour = false;   ///< ANSI colours; never the only sign
    std::string traffic{}; ///< this profile only; empty: all that occur
    /// What stands in a cell that has no trial yet: "41s."; empty for a cell that is not planned. Without it
    /// such cells stay blank, and rows and columns without a trial are left out.
    WaitingText waiting_text{};
};

/// One table for each traffic profile with its legend. Later profiles show rows that agree as one, unless the
/// run still goes on. Of dozens of methods the first profile is shown at a glance, and no other. Below 60 columns each method is a block of its own. Ends with a newline.
std::string terminal_matrix(const Records&, const TerminalStyle&);

/// The same of a profile with dozens of methods: the laws, and the best and the worst of each family, failures by class.
std::string terminal_glance(const Cells&, const Matrix&, const TerminalStyle&);

/// The first sentences of the report as plain text, wrapped. Ends with a newline.
std::string terminal_headline(const Records&, const TerminalStyle&);

} // namespace halfopen
