#pragma once
// What a lab tells the program while it works: one letter and its text a message. Trials and facts travel as the
// lines that they become in the file. The same messages come through a socket pair from the namespaces lab and, one a
// line, through a port of the virtual machine.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "harness/trial/record.h"

namespace halfopen {

/// What the lab knows about the machine, before the first trial.
struct LabFacts {
    std::vector<std::pair<std::string, std::optional<std::string>>> sysctl;
    Floor floor;
    int hz = 0;
    std::string kernel; ///< uname -r
    int cpus = 0;
    std::optional<OwnServerLine> server; ///< what was found out about the user's own
    std::string initramfs_digest; ///< of all that every guest starts with; empty in the namespaces lab. Does not travel
};

struct Progress {
    std::string phase; ///< "building", "firing", "waiting", "guests"
    int done = 0, total = 0;
    Instant until{}; ///< the end of the last open horizon, while waiting
};

/// All trials have been told.
struct Finished {
    Duration lab_time{0}; ///< on the lab's clock, since it began
};

/// Something that the person at the terminal should know.
struct Remark {
    std::string text;
};

/// What a server of the user's printed, where its lab's memory is not ours.
struct ServerLog {
    std::string text;
};

using Heard = std::variant<LabFacts, TrialLine, Progress, Finished, Remark, ServerLog, CaptureLine>;

std::string message(const LabFacts&);
std::string message(const TrialLine&);
/// Before the trial's own message.
std::string message(const CaptureLine&);
std::string message(const Progress&);
std::string message(const Finished&);
std::string message(const Remark&);
std::string message(const ServerLog&);
/// An error that ends the lab.
std::string message_of_error(Exit, std::string_view what);
/// What a guest says besides, of no use to the run but to whoever looks for a mistake.
std::string message_of_complaint(std::string_view text);
/// The text of a complaint; nothing for any other message.
std::optional<std::string_view> complaint_in(std::string_view message);

/// True for the message after which no other comes.
bool is_last(std::string_view message);

/// Reads a message. Throws the error that it carries, and Error for one that is none of ours.
Heard read_message(std::string_view message);

} // namespace halfopen
