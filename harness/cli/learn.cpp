// halfopen learn: the lessons.

#include <algorithm>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/cli/lesson_lab.h"
#include "harness/cli/results.h"
#include "harness/cli/terminal.h"
#include "harness/cli/verbs.h"
#include "harness/learn/flow.h"
#include "reports/text.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

ConsoleStyle style_of(const LearnOptions& options) {
    const Terminal terminal = look_at_terminal(options.colour, options.ascii);
    ConsoleStyle style;
    style.columns = terminal.columns;
    style.plain = options.plain || !terminal.is_tty || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO);
    style.ascii = terminal.ascii;
    style.colour = terminal.colour && !style.plain;
    return style;
}

HandIn new_hand_in(const Lesson& lesson, const std::string& seed) {
    HandIn hand_in;
    hand_in.halfopen = HALFOPEN_VERSION;
    hand_in.lesson = lesson.name;
    hand_in.number = lesson.number;
    hand_in.title = lesson.title;
    hand_in.seed = seed;
    hand_in.started = utc_now();
    std::vector<std::string> specs;
    for (const Round& round : lesson.rounds) specs.push_back(drawn_spec(round, seed));
    const auto facts = facts_of(lesson, specs);
    for (size_t i = 0; i < lesson.rounds.size(); ++i) {
        const Round& round = lesson.rounds[i];
        DoneRound done;
        done.scenario = round.scenario;
        done.traffic = info(round.traffic).name;
        done.detector = specs[i];
        done.question = filled_in(round.question, facts, i);
        for (const Answer& answer : round.choices) done.answers.push_back(answer.says);
        hand_in.rounds.push_back(done);
    }
    return hand_in;
}

/// True when a kept hand-in is of this lesson as its file stands now.
bool is_of(const HandIn& kept, const HandIn& fresh) {
    if (kept.rounds.size() != fresh.rounds.size()) return false;
    for (size_t i = 0; i < kept.rounds.size(); ++i)
        if (kept.rounds[i].answers != fresh.rounds[i].answers || kept.rounds[i].detector != fresh.rounds[i].detector ||
            kept.rounds[i].scenario != fresh.rounds[i].scenario)
            return false;
    return true;
}

/// What was handed in before stays, beside the new one.
void put_aside(const fs::path& file, const HandIn& old) {
    const fs::path folder = file.parent_path() / "earlier";
    fs::create_directories(folder);
    fs::rename(file, folder / fmt::format("{}-{}.json", file.stem().string(), old.started));
}

HandIn begin_or_go_on(Console& console, const Lesson& lesson, const LearnOptions& options, const fs::path& file) {
    const HandIn fresh = new_hand_in(lesson, options.seed);
    const auto kept = kept_hand_in(lesson);
    if (!kept) return fresh;
    if (kept->finished.empty() && !options.again && is_of(*kept, fresh)) {
        if (kept->step > 0) console.line("You go on where you stopped; from the beginning: --again.");
        return *kept;
    }
    put_aside(file, *kept);
    return fresh;
}

fs::path folder_of(const HandIn& hand_in, const fs::path& file) { return file.parent_path() / file.stem() / hand_in.started; }

/// A report for each round that was measured here, and where they are.
void say_where_it_is(Console& console, const fs::path& folder, const fs::path& file) {
    console.line("Your hand-in: " + file.string());
    std::error_code ignored;
    for (const auto& round : fs::directory_iterator(folder, ignored)) {
        write_reports(round.path(), read_records(round.path().string()));
        console.line("Report and packets: " + (round.path() / "report.html").string());
    }
}

void go_through(Console& console, const Lesson& lesson, const LearnOptions& options) {
    const fs::path file = hand_in_file(lesson);
    const auto varies = [](const Round& round) { return !round.vary.empty(); };
    if (!options.seed.empty() && std::none_of(lesson.rounds.begin(), lesson.rounds.end(), varies)) console.line("This lesson is the same for everybody, whatever the seed.");
    HandIn hand_in = begin_or_go_on(console, lesson, options, file);
    LessonLab lab(lesson, options, console, folder_of(hand_in, file));
    try {
        Flow flow(console, lesson, hand_in, file, [&](size_t round, const std::string& spec) { return lab.measure(round, spec); });
        if (!flow.run()) return console.line(fmt::format("Your progress is kept; go on with: {} learn {}", typed_name(), options.lesson));
    } catch (const Interrupted& interrupted) {
        console.line();
        console.line(fmt::format("Interrupted; your progress is kept; go on with: {} learn {}", typed_name(), options.lesson));
        return set_exit_status(128 + interrupted.signal);
    }
    say_where_it_is(console, folder_of(hand_in, file), file);
    for (const Lesson& next : lessons())
        if (next.number == lesson.number + 1) console.line(fmt::format("Next: {} learn {}", typed_name(), next.name));
}

std::string state_of(const Lesson& lesson) {
    const auto kept = kept_hand_in(lesson);
    if (!kept) return "";
    if (kept->finished.empty()) return "begun";
    int right = 0, asked = 0;
    for (const DoneRound& round : kept->rounds) {
        asked += round.chosen.has_value();
        right += round.chosen && round.chosen == round.right;
    }
    return fmt::format("done, {} of {} right", right, asked);
}

/// The lessons, and the first that is not over yet.
const Lesson* list_lessons() {
    const Lesson* next = nullptr;
    for (const Lesson& lesson : lessons()) {
        const std::string state = state_of(lesson);
        if (!next && !state.starts_with("done")) next = &lesson;
        fmt::print("{:>2}  {:<24} {}{}\n", lesson.number, lesson.name, lesson.title, state.empty() ? "" : "  [" + state + "]");
    }
    return next;
}

void learn(LearnOptions& options) {
    if (options.lesson.empty() || options.list) {
        const Lesson* next = list_lessons();
        if (next) fmt::print("\nNext: {} learn {}\n", typed_name(), next->name);
        return;
    }
    Console console(style_of(options));
    std::error_code ignored;
    if (options.lesson.ends_with(".md") && fs::exists(options.lesson, ignored)) {
        const Lesson own = read_lesson(options.lesson);
        check_lesson(own);
        return go_through(console, own, options);
    }
    go_through(console, find_lesson(options.lesson), options);
}

} // namespace

void add_learn(CLI::App& app) {
    auto* verb = app.add_subcommand("learn", "lessons: guess, see, understand; ten minutes each");
    auto o = std::make_shared<LearnOptions>();
    verb->add_option("LESSON", o->lesson, "its name or number, or a file of your own; without one the lessons are listed");
    verb->add_flag("--list", o->list, "the lessons, and how far you are");
    verb->add_flag("--again", o->again, "from the beginning; what you did before is kept beside it");
    verb->add_flag("--replay", o->replay, "shows the recorded trials instead of measuring");
    verb->add_flag("--plain", o->plain, "whole lines only, for a screen reader");
    verb->add_option("--seed", o->seed, "your name or number, where the class gives each its own parameters");
    verb->add_option("--lab", o->lab, "namespaces, virtual, or whichever is quicker (auto)")->check(CLI::IsMember({"auto", "namespaces", "virtual"}));
    verb->add_option("--kernel", o->kernel, "guest's kernel, for the virtual lab");
    verb->add_option("--color,--colour", o->colour, "auto, always or never")->check(CLI::IsMember({"auto", "always", "never"}));
    verb->add_flag("--ascii", o->ascii, "no Unicode on the terminal");
    verb->callback([o] { learn(*o); });
}

} // namespace halfopen
