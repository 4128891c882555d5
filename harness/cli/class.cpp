// halfopen class: what an instructor needs.

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/cli/verbs.h"
#include "harness/learn/theory_of.h"
#include "reports/text.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

/// Every lesson of a folder is read and held against theory; one line for each.
void check_folder(const std::string& folder) {
    if (!fs::is_directory(folder)) throw BadInput(fmt::format("{}: is no folder; class check takes the folder that holds the lessons", folder));
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".md") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.empty()) throw BadInput(fmt::format("{}: holds no lesson, which is a file like 05-pulled-plug.md", folder));
    int wrong = 0;
    for (const fs::path& file : files) {
        try {
            const Lesson lesson = read_lesson(file);
            check_lesson(lesson);
            fmt::print("{}: ok, {}\n", file.string(), counted(static_cast<int>(lesson.rounds.size()), "question"));
        } catch (const BadInput& e) {
            fmt::print("{}\n", e.what());
            ++wrong;
        }
    }
    if (wrong) set_exit_status(static_cast<int>(Exit::usage));
}

} // namespace

void add_class(CLI::App& app) {
    auto* verb = app.add_subcommand("class", "for instructors: lessons checked, work sheets, answers, hand-ins");
    verb->require_subcommand(1);
    auto* check = verb->add_subcommand("check", "reads the lessons of a folder and holds them against theory");
    auto folder = std::make_shared<std::string>();
    check->add_option("FOLDER", *folder, "of lessons")->required();
    check->callback([=] { check_folder(*folder); });
}

} // namespace halfopen
