#include "harness/learn/lesson_text.h"

#include <algorithm>
#include <array>

#include "harness/base/error.h"
#include "harness/base/names.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, 6> headings{"Scene", "Hints", "Explained", "Turn one knob", "Carry over", "The law, mended"};

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

void without_empty_lines_around(std::string& text) {
    text.erase(0, std::min(text.find_first_not_of('\n'), text.size()));
    while (text.ends_with('\n')) text.pop_back();
}

} // namespace

LessonText take_apart(std::string_view text, const std::string& file) {
    const auto lines = lines_of(text);
    const auto fence = std::find(lines.empty() ? lines.begin() : lines.begin() + 1, lines.end(), "+++");
    if (lines.empty() || lines.front() != "+++" || fence == lines.end())
        throw BadInput(fmt::format("{}:1: a lesson begins with its settings in TOML between two lines of +++", file));
    LessonText all;
    all.front = "\n"; // So that a mistake is told by the line that it has in the file.
    for (auto line = lines.begin() + 1; line != fence; ++line) all.front += *line + "\n";
    for (auto line = fence + 1; line != lines.end(); ++line) {
        const int number = static_cast<int>(line - lines.begin()) + 1;
        if (line->starts_with("## ")) {
            all.parts.push_back({line->substr(3), number, {}});
            if (std::find(headings.begin(), headings.end(), all.parts.back().heading) == headings.end())
                throw BadInput(fmt::format("{}:{}: no lesson has a part \"{}\"; parts: {}", file, number, all.parts.back().heading, join_names(headings)));
        } else if (!all.parts.empty()) {
            all.parts.back().text += *line + "\n";
        } else if (!line->empty()) {
            throw BadInput(fmt::format("{}:{}: this stands before the first heading; put it under ## Scene", file, number));
        }
    }
    for (Part& part : all.parts) {
        without_empty_lines_around(part.text);
        if (part.text.empty()) throw BadInput(fmt::format("{}:{}: nothing stands under \"## {}\"", file, part.line, part.heading));
    }
    return all;
}

std::vector<Answer> times() {
    // Whoever waits for an event is woken within the first; a busy machine takes its time for it.
    constexpr Duration at_once = 100ms;
    return {{.says = "at once", .when = Window{Duration::min(), at_once}},
            {.says = "within 1 s", .when = Window{at_once, 1s}},
            {.says = "within 1 min", .when = Window{1s, 1min}},
            {.says = "within 3 h", .when = Window{1min, 3h}},
            {.says = "not at all", .silent = true}};
}

} // namespace halfopen
