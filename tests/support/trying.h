#pragma once
// `halfopen try`, as the person who has a server types it, and what is left of it afterwards.

#include <string>

#include "harness/linux/process.h"
#include "harness/trial/record.h"
#include "support/folder.h"
#include "support/program.h"
#include "support/servers.h"

namespace halfopen::testing {

/// The port on which every server of these tests listens: each of them has a network of its own.
inline constexpr int tried_port = 4000;

/// One `halfopen try`, from its start to its end. Several may run side by side.
class Trying {
public:
    /// Starts `halfopen try --port 4000 OPTIONS -- COMMAND` in a folder of its own. As `user`, a number, without any
    /// privilege; empty: as who runs the tests.
    Trying(const Words& options, const Words& command, const std::string& user = {});
    /// A server of Debian's, with what a client says to it.
    Trying(const Words& options, const Server& server);

    /// Waits for its end.
    const Ran& ran();
    /// Its lines on stderr that begin with "error: ", without that word.
    Words errors();
    Records records();
    /// A file of the results folder: "server.log".
    std::string result(const std::string& file) const;
    /// Whether there is anything where its results would be.
    bool left_results() const { return std::filesystem::exists(results()); }
    /// Processes, of the program and of the command, that are there now. All of them carry the mark of this object in
    /// their environment.
    int processes() const;
    /// Where it was typed, and its files are.
    const std::filesystem::path& folder() const { return folder_.path(); }

private:
    std::filesystem::path results() const { return folder_.path() / "results"; }

    Folder folder_;
    std::string mark_;
    Process process_;
    bool is_over_ = false;
    Ran ran_;
};

/// The trials of one cell that are results; those that the machine's noise spoilt are left out, and are few. With none,
/// or with any that is invalid for another reason, the test fails.
std::vector<TrialLine> results_of(const Records&, const std::string& scenario, const std::string& traffic = "idle");

/// Every trial that the options of its socket predict was over inside its own window, for the kernel and for the server.
/// The number of those trials.
int check_predicted_windows(const Records&);

/// "SCENARIO/TRAFFIC: how it ended", once for each that differs, sorted: the same for two runs that agree.
Words verdicts(const Records&);

/// For a server that answers whoever says something.
inline const Words hello{"--hello", "hello\\n"};

} // namespace halfopen::testing
