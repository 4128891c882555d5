#pragma once
// Truth, verdict and outcome: the table by which every detector is judged. It stands here once.

#include <optional>
#include <string>
#include <string_view>

namespace halfopen {

/// What is true of the connection at the horizon, seen from the server.
enum class Truth {
    alive,       ///< the client is there and will answer
    half_closed, ///< the client sends no more, and still reads
    stuck,       ///< the client's process exists and will never answer
    unreachable, ///< the client is alive, and no byte will pass
    gone,        ///< process, host or socket no longer there
};

/// What a detector says.
enum class Verdict {
    eof,  ///< the client will send no more: all that a FIN tells (RFC 9293, 3.6)
    gone, ///< the connection is dead
};

enum class Outcome { quiet, noticed, missed, misread, false_alarm, skipped, invalid };

/// The outcome table:
///
///     truth \ verdict                  | nothing | eof         | gone
///     alive, or said before the fault  | quiet   | false-alarm | false-alarm
///     half-closed                      | missed  | noticed     | misread
///     stuck, unreachable, gone         | missed  | noticed     | noticed
///
/// `before_fault` is true when the verdict was given before the fault happened. Never returns skipped or
/// invalid: those are about the trial, not about the detector.
Outcome judge(Truth truth, std::optional<Verdict> verdict, bool before_fault = false);

std::string_view name(Truth);
std::string_view name(Verdict);
std::string_view name(Outcome);
std::optional<Truth> parse_truth(std::string_view);
std::optional<Verdict> parse_verdict(std::string_view);
std::optional<Outcome> parse_outcome(std::string_view);

/// "alive, half-closed, stuck, unreachable, gone": for messages about bad input.
std::string all_truths();

/// True for noticed and quiet: the detector was right.
constexpr bool is_right(Outcome o) { return o == Outcome::noticed || o == Outcome::quiet; }

} // namespace halfopen
