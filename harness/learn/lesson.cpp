#include "harness/learn/lesson.h"

#include <algorithm>
#include <charconv>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/names.h"
#include "harness/learn/lesson_text.h"
#include "harness/trial/toml_file.h"

namespace halfopen {

namespace {

/// Every file of the folder with a number in front: "05-pulled-plug.md".
std::vector<Lesson> read_all() {
    std::vector<Lesson> all;
    for (const auto& entry : std::filesystem::directory_iterator(data_folder() / "scenarios/lessons"))
        if (entry.path().extension() == ".md") all.push_back(read_lesson(entry.path()));
    std::sort(all.begin(), all.end(), [](const Lesson& a, const Lesson& b) { return a.number < b.number; });
    return all;
}

std::optional<int> number_in(std::string_view word) {
    int number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    return error == std::errc{} && end == word.data() + word.size() ? std::optional{number} : std::nullopt;
}

[[noreturn]] void no_such_lesson(std::string_view word) {
    std::vector<std::string> names;
    for (const Lesson& lesson : lessons()) names.push_back(lesson.name);
    throw BadInput(fmt::format("there is no lesson \"{}\"{}; lessons: {}, or their numbers, 1 to {}", word, did_you_mean(word, names),
                               join_names(names), lessons().size()));
}

} // namespace

bool Answer::is_right(const Observed& seen) const {
    if (silent || !seen.after) return silent && !seen.after;
    if (!signal.empty() && signal != seen.signal) return false;
    return !when || (when->from < seen.after->from && seen.after->to <= when->to);
}

std::optional<size_t> Round::right(const Observed& seen) const {
    std::optional<size_t> found;
    for (size_t i = 0; i < choices.size(); ++i) {
        if (!choices[i].is_right(seen)) continue;
        if (found) return std::nullopt;
        found = i;
    }
    return found;
}

Lesson read_lesson(const std::filesystem::path& path) {
    Lesson lesson = parse_lesson(read_text(path), path.string());
    lesson.file = path;
    const std::string stem = path.stem().string();
    const size_t dash = stem.find('-');
    const auto number = number_in(stem.substr(0, dash));
    if (!number || dash == stem.npos || *number < 1)
        throw BadInput(fmt::format("{}: a lesson's file is called by its number and name, as 05-pulled-plug.md", path.string()));
    lesson.number = *number;
    lesson.name = stem.substr(dash + 1);
    return lesson;
}

const std::vector<Lesson>& lessons() {
    static const std::vector<Lesson> all = read_all();
    return all;
}

const Lesson& find_lesson(std::string_view name) {
    const auto number = number_in(name);
    for (const Lesson& lesson : lessons())
        if (lesson.name == name || (number && lesson.number == *number)) return lesson;
    no_such_lesson(name);
}

std::vector<Lesson> lessons_of(std::string_view range) {
    const size_t dash = range.find('-');
    const auto from = number_in(range.substr(0, dash));
    if (dash == range.npos || !from) return {find_lesson(range)};
    const auto to = number_in(range.substr(dash + 1));
    std::vector<Lesson> chosen;
    for (const Lesson& lesson : lessons())
        if (to && lesson.number >= *from && lesson.number <= *to) chosen.push_back(lesson);
    if (chosen.empty()) no_such_lesson(range);
    return chosen;
}

} // namespace halfopen
