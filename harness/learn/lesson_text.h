#pragma once
// The file of a lesson as text: its parts, and the answers that are common to many questions.

#include <string>
#include <string_view>
#include <vector>

#include "harness/learn/lesson.h"

namespace halfopen {

/// A heading of a lesson's Markdown and what stands below it.
struct Part {
    std::string heading; ///< "Scene"
    int line = 0;
    std::string text;    ///< without empty lines around it
};

struct LessonText {
    std::string front;       ///< the TOML, on the lines that it has in the file
    std::vector<Part> parts; ///< in order
};

/// BadInput with the place where the +++ are missing, a heading is unknown, or something is empty.
LessonText take_apart(std::string_view text, const std::string& file);

/// The five answers to "when": at once, within a second, a minute, three hours, not at all.
std::vector<Answer> times();

} // namespace halfopen
