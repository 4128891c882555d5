#pragma once
// A server of the user's own: when the kernel gave each connection up, when the server let go of it, and what
// that means.

#include <string>
#include <vector>

#include "reports/cells.h"
#include "reports/pictures.h"
#include "reports/terminal.h"

namespace halfopen {

/// What happened to the connections of one scenario and traffic.
struct OwnCell {
    const ScenarioHead* scenario = nullptr;
    std::string traffic;
    const Cell* cell = nullptr;
    std::string kernel;     ///< "5.07-5.1 s", "at once", "not in 80 s"
    std::string let_go;     ///< the same, with how it is left where it was not: "not in 80 s: ESTAB"
    std::string predicted;  ///< by the options of its sockets
    std::string ss;         ///< as it was seen last
    std::string leak;       ///< the state in which it is left, in some trial at least; empty when none is
    bool by_itself = false; ///< it closed a connection that the kernel still held for established

    /// The client was gone, or half gone: letting go is right.
    bool is_failure() const { return scenario->truth != Truth::alive; }
    bool is_let_go() const; ///< in every trial
};
/// They point into the cells, which must outlive them.
std::vector<OwnCell> own_cells(const Cells&);

/// "drop and crash (idle); stopped (idle, after a write)"; with a mark the failures are emphasised, in
/// Markdown.
std::string say_cells(const std::vector<const OwnCell*>&, std::string_view mark = {});
/// "the server only waits", "the server has just written": as the tables are headed.
std::string own_traffic_title(const std::string& traffic);

/// "SO_KEEPALIVE after 2 s, every 1 s, 3 probes; no TCP_USER_TIMEOUT".
std::string say_options(const OptionsLine&);
/// The server, how soon it was there, and its options: one sentence.
std::string own_introduction(const Cells&);
/// How exactly it is known when the kernel gave a connection up.
std::string own_precision(const std::vector<OwnCell>&);

// Sentences, each of them whole, in the Markdown of reports.
std::vector<std::string> own_headline(const Cells&); ///< what it let go of, how fast, and what not
std::vector<std::string> own_leaks(const Cells&);    ///< what it leaves, why, and what to do
std::string own_laws(const Cells&); ///< which law would have noticed what is left as established

/// One kind of line that `ss -tno` showed of a client that was gone.
struct SsKind {
    std::string line;                  ///< of the first of them; empty where ss shows nothing any more
    std::vector<const OwnCell*> cells; ///< that looked so
    std::string meaning;
};
/// The lines that teach something: of what was kept, or changed before it was let go.
std::vector<SsKind> ss_kinds(const std::vector<OwnCell>&);

/// For the terminal: the tables, then the sentences. Ends with a newline.
std::string own_server_text(const Records&, const TerminalStyle&);
/// The whole report of such a run, and its sections in their order; the first one is what it is about.
std::vector<std::string> own_server_sections(const Cells&, const Pictures& = {}, bool linked = true);
std::string own_server_report(const Cells&, const Pictures& = {});

/// One sentence for each failure that the server did not let go of within that time, in some trial.
std::vector<std::string> slower_than(const Records&, Duration within);

} // namespace halfopen
