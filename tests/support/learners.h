#pragma once
// What the tests of lessons have in common.

#include <string>
#include <vector>

#include "harness/learn/hand_in.h"
#include "harness/learn/lesson.h"
#include "harness/learn/theory_of.h"
#include "harness/base/files.h"
#include "support/catch.h"
#include "support/folder.h"

namespace halfopen::testing {

/// The answer that theory has for a round, as it is typed.
inline std::string right_number(const Round& round, bool right = true) {
    const Plan plan = plan_of(round, round.detector, 1);
    const size_t place = round.right(observed_in_theory(plan.trials.front())).value();
    return std::to_string((right ? place : (place + 1) % round.choices.size()) + 1);
}

/// What somebody types who goes through a lesson from its start to its end, a line each.
inline std::string all_answers(const Lesson& lesson, bool right = true) {
    std::string text;
    for (const Round& round : lesson.rounds)
        text += "\n" + right_number(round, right) + "\nbecause it must\n2\n\n\n\nmy own words\n1\n"; // The scene, the guess, seen, compared, explained.
    return text + "\n";
}

inline std::string state_in(const Folder& folder) { return "XDG_STATE_HOME=" + folder.path().string(); }

inline HandIn hand_in_of(const Folder& folder, const Lesson& lesson) {
    const auto file = folder.path() / "halfopen/learn" / fmt::format("{:02}-{}.json", lesson.number, lesson.name);
    return parse_hand_in(read_text(file), file.string());
}

} // namespace halfopen::testing
