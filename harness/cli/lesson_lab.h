#pragma once
// Where a lesson's failures are seen: on this kernel by the wall clock when that is short, else in virtual time, else in a
// recording.

#include <filesystem>

#include "harness/learn/console.h"
#include "harness/learn/flow.h"

namespace halfopen {

/// How `learn` was called.
struct LearnOptions {
    std::string lesson, lab = "auto", kernel, seed;
    bool again = false, replay = false, plain = false, ascii = false, list = false;
    std::string colour = "auto";
};

class LessonLab {
public:
    /// Records go below `folder`, one folder a round.
    LessonLab(const Lesson&, const LearnOptions&, Console&, std::filesystem::path folder);
    /// Runs a round's trials, or reads them where they were run before. Throws Interrupted; CannotHere when this machine has no
    /// lab and there is no recording either.
    Showing measure(size_t round, const std::string& spec);

private:
    Showing run_in(const struct LabChoice&, size_t round, const std::string& spec);
    Showing recorded(size_t round) const;
    std::optional<struct LabChoice> lab_if_any(const std::string& name, const std::string& kernel);

    const Lesson& lesson_;
    const LearnOptions& options_;
    Console& console_;
    std::filesystem::path folder_;
    std::vector<std::string> missing_; ///< why a lab is not there
};

/// The recording that comes with the program: "scenarios/lessons/recorded/05-pulled-plug-1.jsonl.xz".
std::filesystem::path recording_of(const Lesson&, size_t round);

} // namespace halfopen
