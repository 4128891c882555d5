#pragma once
// A server of the user's own: when the kernel gave each connection up, when the server let go of it, and what that means.

#include <string>
#include <vector>

#include "reports/cells.h"
#include "reports/terminal.h"

namespace halfopen {

/// What happened to the connections of one scenario and traffic.
struct OwnCell {
    const ScenarioHead* scenario = nullptr;
    std::string traffic;
    const Cell* cell = nullptr;
    std::string kernel;    ///< "5.07-5.1 s", "at once", "not in 80 s"
    std::string let_go;    ///< the same, with how it is left where it was not: "not in 80 s: ESTAB"
    std::string predicted; ///< by the options of its sockets
    std::string ss;        ///< as it was seen last
    std::string leak;      ///< the state in which it is left, in some trial at least; empty when none is
    bool by_itself = false; ///< it closed a connection that the kernel still held for established
};
std::vector<OwnCell> own_cells(const Cells&);

/// "its sockets: keepalive 2/1/3 (idle 2 s, interval 1 s, 3 probes), no user timeout".
std::string say_options(const OptionsLine&);

/// Plain sentences, each of them whole: what is noticed, what is leaked, which method would have noticed, what to set.
std::vector<std::string> own_conclusions(const Cells&);

/// For the terminal: the table, then the sentences. Ends with a newline.
std::string own_server_text(const Records&, const TerminalStyle&);
/// For the Markdown report; empty for all other runs.
std::string own_server_section(const Cells&);

/// One sentence for each failure that the server did not let go of within that time, in some trial.
std::vector<std::string> slower_than(const Records&, Duration within);

} // namespace halfopen
