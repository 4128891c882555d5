#pragma once
// The waist of the program: everything before makes these lines, everything after only reads them.
//
// A file of records is append-only JSON Lines: a run line, trial lines, an end line; a resumed run appends another
// run line and goes on. Times are integers in nanoseconds, their names end in _ns. record.schema.json is the
// contract; a test holds every line against it.

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/error.h"
#include "harness/base/outcome.h"
#include "harness/base/time.h"
#include "harness/trial/captured.h"

namespace halfopen {

inline constexpr int schema_version = 1;

/// A scenario as the report needs it, so that a report needs no catalogue.
struct ScenarioHead {
    std::string name;
    std::string label; ///< at most 8 characters, heads a column
    std::string group; ///< what the client's end does: "is there", "says goodbye", "says nothing"
    Truth truth = Truth::alive;
    std::string summary;
};

/// A detector as the report needs it. `spec` is the key that trials carry.
struct DetectorHead {
    std::string spec;
    std::string name;
    std::string label;   ///< with settings: "keepalive 60/5/3"
    int law = 0;         ///< 1..5, 0 for other methods
    std::string form;    ///< "as stated", "done right" or ""
    std::string summary; ///< one sentence
    bool control = false; ///< noop: a line under the matrix, not a row in it
    std::optional<bool> client_helps{}; ///< the client's program must take part: say hello, answer pings
    std::string family{}; ///< "reading and waiting": what it lives on; empty in earlier records
    /// Earlier records do not say it; what they hold of such methods is mostly law 5.
    bool is_helped() const { return client_helps.value_or(law == 5); }
};

/// How soon this machine showed anything in this run (idle link, blocking recv), and how late its timers are: medians
/// over `samples` of each, so a single notice can be sooner.
struct Floor {
    Duration fin{0};
    Duration rst{0};
    Duration timer_late{0};
    int samples = 0;
};

/// What a run in virtual time is bound to: the same trials give the same lines only where all of these are the same.
struct Guest {
    std::string qemu;             ///< its version: "7.2.22"
    std::string qemu_digest;      ///< "sha256:..." of the emulator's binary
    std::string machine;          ///< "pc-q35-7.2"
    std::string cpu;              ///< the pinned CPU model
    std::string kernel_digest;    ///< of the kernel image
    std::string initramfs_digest; ///< of all that every guest starts with
    int portions = 0;             ///< guests that the plan was cut into
    bool operator==(const Guest&) const = default;
};

/// The options of a TCP socket that arm the kernel's timers, as they were read off it.
struct OptionsLine {
    bool keepalive = false;
    Duration idle{0};         ///< TCP_KEEPIDLE, its own or the system's
    Duration interval{0};     ///< TCP_KEEPINTVL
    int count = 0;            ///< TCP_KEEPCNT
    Duration user_timeout{0}; ///< TCP_USER_TIMEOUT; zero: off
    bool operator==(const OptionsLine&) const = default;
};

/// By the rules, when a method would have noticed what the user's own server was tried with; no measurement.
struct WouldNoticeLine {
    std::string scenario, traffic;
    int law = 0;
    std::string label;           ///< of the method, with its settings
    std::optional<Window> after; ///< from the fault; nothing: never
};

/// A server of the user's own that was tried: the one row of the matrix.
struct OwnServerLine {
    std::vector<std::string> command;
    int port = 0;
    std::string client;         ///< the user's own client, for sh(1); empty: ours
    std::string hello;          ///< what ours says, C escapes for what is no text
    Duration listened_after{0}; ///< from its start
    std::optional<Duration> answered_after; ///< from a hello to its answer; nothing when none was waited for
    std::optional<OptionsLine> options;     ///< of the first connection; nothing when they could not be read
    std::vector<WouldNoticeLine> others;
    std::vector<std::string> advice; ///< lines to put into a server
};

struct RunLine {
    int schema = schema_version;
    std::string halfopen;             ///< version of this program
    std::string executable;           ///< "sha256:..."
    std::string started;              ///< UTC, "2026-11-22T08:00:00Z"
    std::vector<std::string> command; ///< what was typed, without the program's name
    std::string plan;                 ///< its name
    std::string plan_digest;          ///< "sha256:..." of what the plan comes down to
    uint64_t seed = 0;
    std::string lab;    ///< "namespaces" or "virtual"
    std::string clock;  ///< "wall" or "virtual"
    std::string kernel; ///< uname -r
    int hz = 0;
    int cpus = 0;
    int trials = 0;      ///< planned, skipped ones included
    int repeats = 0;     ///< per cell
    Duration horizon{0}; ///< how long each trial is watched after the fault
    /// Read back from the server's namespace of the first world; nothing where this kernel has no such sysctl.
    std::vector<std::pair<std::string, std::optional<std::string>>> sysctl;
    Floor floor;
    double load_before = 0; ///< 1-minute load average when the run began
    std::optional<Guest> guest; ///< in the virtual lab only
    std::optional<OwnServerLine> server; ///< of `try` only
    std::vector<ScenarioHead> scenarios; ///< columns, in order
    std::vector<DetectorHead> detectors; ///< rows, in order
};

/// A prediction as it is stored: before the outcome was known.
struct PredictedLine {
    std::string kind;               ///< "never", "window", "unknown"
    Outcome outcome = Outcome::quiet; ///< at this trial's horizon
    std::optional<Window> after;    ///< from the fault, for a window
    std::string signal;             ///< expected, may be empty
    std::string rule;
    std::vector<std::string> steps{}; ///< the rule timer by timer, where packets were captured
};

/// What was known just before the fault.
struct SituationLine {
    std::string anchor;             ///< empty when the detector has no clock
    Duration anchor_before_fault{0};
    Duration rto{0};
    Duration srtt{0};
    unsigned unacked = 0;
    unsigned notsent_bytes = 0;
    std::optional<Duration> heals_after{}; ///< the fault will be undone so long after it
};

/// A suspicion (true) or its return (false), from the fault.
struct Opinion {
    Duration after_fault{0};
    bool suspects = false;
};

/// What the detector cost between the fault and the notice or the horizon.
struct Cost {
    int64_t tx_packets = 0; ///< segments that the server's kernel sent on this connection
    int64_t tx_bytes = 0;   ///< payload bytes among them
    int64_t wakeups = 0;    ///< voluntary context switches of the detector's thread
    int64_t cpu_ns = 0;     ///< CPU time of the detector's thread
};

/// A connection of the user's own server, seen from outside, as `ss -tno` shows it.
struct SocketLine {
    std::string before; ///< just before the fault
    std::string last;   ///< when it was seen last: before the end, or at the horizon
    std::string end;    ///< "freed", or the state in which it was left: "ESTAB", "CLOSE-WAIT", "UNCONN" for one that the
                        ///< kernel ended and the program still holds
    std::optional<OptionsLine> options; ///< its own
};

/// The signal of a server that closed a connection which its kernel held for established.
inline constexpr std::string_view closed_by_itself = "close() by itself";

struct TrialLine {
    std::string id; ///< scenario/traffic/spec/rN, stable over runs
    std::string scenario;
    std::string traffic;
    std::string detector; ///< name
    std::vector<std::pair<std::string, std::string>> settings;
    std::string spec; ///< not stored: detector and settings put together
    int repeat = 0;   ///< from 1
    int attempt = 1;  ///< above 1: a spare world took the place of an invalid one
    double phase = 0; ///< distance from anchor to fault, in parts of the detector's period
    SituationLine situation;
    Truth truth = Truth::alive;
    std::optional<std::pair<Instant, Instant>> fault; ///< the bracket [before, after]
    bool fault_verified = false;
    Outcome outcome = Outcome::invalid;
    std::string why; ///< for skipped and invalid: the reason
    std::optional<Verdict> verdict;
    std::string signal;
    std::optional<Duration> noticed_after; ///< from the bracket's before edge; negative: said before the fault
    Duration horizon{0};
    PredictedLine planned;   ///< made with the plan, over all phases
    PredictedLine predicted; ///< made at firing, for this trial's own situation
    /// When the kernel had ended the connection, or had the client's FIN: an instant between these two. For an own
    /// server only.
    std::optional<Window> kernel_knew_after;
    std::optional<SocketLine> socket; ///< of `try` only
    std::string traffic_saw; ///< what the harness's own reader or writer met: "recv: ECONNRESET"
    std::vector<Opinion> opinions;
    std::optional<Cost> cost;
    std::optional<Capture> capture; ///< with --capture only; its packets are stored in lines of their own
};

struct EndLine {
    int trials = 0; ///< recorded in the file so far, one for each id
    int invalid = 0;
    Duration wall{0};
    bool interrupted = false;
    Duration virtual_time{0}; ///< that passed in all guests together; 0 in a lab of the wall clock
};

using Line = std::variant<RunLine, TrialLine, EndLine, CaptureLine>;

/// One line of JSON, keys in a fixed order, without the newline.
std::string to_json(const Line&);

/// Thrown for a line that is no JSON at all, as a torn one is.
struct NotJson : BadInput {
    using BadInput::BadInput;
};

/// Reads one line. BadInput with the reason when it is no JSON, of a newer schema, or lacks a key; nothing for a
/// line of a type that this version does not know.
std::optional<Line> parse_line(std::string_view json);

/// All that a file holds. A later line of the same id takes the place of an earlier invalid one.
struct Records {
    std::vector<RunLine> runs; ///< at least one
    std::vector<TrialLine> trials;
    std::vector<TrialLine> replaced; ///< invalid attempts whose place a spare took
    std::optional<EndLine> end;      ///< of the last run; nothing when that was killed
    bool torn = false;               ///< the last line was incomplete and was left out
    std::string file;                ///< the name it was read from, for links
};

/// What a folder of results calls its records, and its records when they were packed by xz(1).
inline constexpr std::string_view records_file = "trials.jsonl", packed_records_file = "trials.jsonl.xz";

/// Reads a file of records, or those of a folder; a name that ends in .xz is unpacked. Ignores a torn last line. BadInput
/// names file and line when the file is missing, empty, not JSON Lines of ours, a broken archive, or of a newer schema.
Records read_records(const std::string& path);
/// The same from a stream; `file` names it in messages.
Records read_records(std::istream&, const std::string& file);

/// "sha256:..." of the trial lines that count, one for each id and sorted by it, each with its newline: neither the
/// order of a file nor its run and end lines matter. In virtual time two equal digests are two equal measurements.
std::string trial_digest(const Records&);

} // namespace halfopen
