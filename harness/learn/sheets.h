#pragma once
// What an instructor prints: sheets to guess on, and the same with what this room's machine showed.

#include <string>
#include <vector>

#include "harness/learn/flow.h"
#include "harness/learn/lesson.h"

namespace halfopen {

/// A work sheet of one lesson in Markdown: scenes, questions with boxes, a blank ladder for each. No answer stands in it. The
/// parameters are those of `seed`.
std::string work_sheet(const Lesson&, const std::string& seed);

/// What was measured for a round, with the detector that ran.
struct KeyRound {
    std::string spec;
    Showing showing;
};
/// The same sheet with the answer that each run showed, the times, the packets, the model answers, and what the wrong answers
/// stand for.
std::string answer_sheet(const Lesson&, const std::vector<KeyRound>&);

/// Who gets which parameters: a table in Markdown, a line for each seed and lesson that varies.
std::string assignment(const std::vector<Lesson>&, const std::vector<std::string>& seeds);

} // namespace halfopen
