// halfopen class: what an instructor needs.

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/xz.h"
#include "harness/cli/lesson_lab.h"
#include "harness/cli/results.h"
#include "harness/cli/verbs.h"
#include "harness/lab/guest_kernel.h"
#include "harness/lab/guest_machine.h"
#include "harness/learn/collect.h"
#include "harness/learn/sheets.h"
#include "harness/learn/theory_of.h"
#include "harness/linux/machine.h"
#include "harness/trial/store.h"
#include "reports/text.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

struct ClassOptions {
    std::string folder, lessons, csv, records;
    std::vector<std::string> seeds;
    LearnOptions learn;
    std::string output;
};

std::vector<fs::path> lesson_files(const std::string& folder) {
    if (!fs::is_directory(folder)) throw BadInput(fmt::format("{}: is no folder; name the one that holds the lessons", folder));
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".md") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.empty()) throw BadInput(fmt::format("{}: holds no lesson, which is a file like 05-pulled-plug.md", folder));
    return files;
}

/// Every lesson of a folder is read and held against theory; one line for each.
void check_folder(const std::string& folder) {
    const std::vector<fs::path> files = lesson_files(folder);
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

std::vector<Lesson> chosen(const ClassOptions& options) { return options.lessons.empty() ? lessons() : lessons_of(options.lessons); }

void sheet(const ClassOptions& options) {
    std::string text;
    for (const Lesson& lesson : chosen(options)) text += work_sheet(lesson, options.learn.seed);
    write_or_print(options.output, text);
}

/// What an answer sheet is bound to.
std::string measured_on(const std::vector<std::string>& digests) {
    std::string all;
    for (const std::string& digest : digests) all += digest;
    return fmt::format("Measured on {} by halfopen {} on this machine: kernel {}, HZ {}, {} processors. Digest of the plans: {}.\n\n", date_of(utc_now()),
                       HALFOPEN_VERSION, kernel_release(), kernel_hz(), online_cpus(), sha256(all).substr(0, 19));
}

/// Whoever presses Ctrl-C keeps what was measured until then.
template <typename Work> void unless_interrupted(const fs::path& folder, Work work) {
    try {
        work();
    } catch (const Interrupted& interrupted) {
        fmt::print(stderr, "interrupted; what was measured is kept in {}\n", folder.string());
        set_exit_status(128 + interrupted.signal);
    }
}

void key_into(const fs::path& folder, const ClassOptions& options) {
    Console console({.columns = 80, .plain = true, .ascii = false, .colour = false});
    std::vector<std::string> digests;
    std::string sheets;
    for (const Lesson& lesson : chosen(options)) {
        LessonLab lab(lesson, options.learn, console, folder / lesson.name);
        std::vector<KeyRound> rounds;
        for (size_t i = 0; i < lesson.rounds.size(); ++i) {
            const std::string spec = drawn_spec(lesson.rounds[i], options.learn.seed);
            fmt::print(stderr, "lesson {}, {} of {}: {} under {}\n", lesson.number, i + 1, lesson.rounds.size(), spec, lesson.rounds[i].scenario);
            rounds.push_back({spec, lab.measure(i, spec)});
            digests.push_back(plan_of(lesson.rounds[i], spec, 1).digest());
        }
        sheets += answer_sheet(lesson, rounds);
    }
    write_or_print(options.output, measured_on(digests) + sheets);
    if (fs::exists(folder)) fmt::print(stderr, "records: {}\n", folder.string());
}

void key(const ClassOptions& options) {
    const fs::path folder = options.records.empty() ? fresh_folder("class-key") : fs::path(options.records);
    unless_interrupted(folder, [&] { key_into(folder, options); });
}

/// Recordings are for machines that can run neither lab, and made in virtual time: they are the same on any day.
void record_into(const fs::path& scratch, const ClassOptions& options) {
    Console console({.columns = 80, .plain = true, .ascii = false, .colour = false});
    for (const fs::path& file : lesson_files(options.folder)) {
        const Lesson lesson = read_lesson(file);
        check_lesson(lesson);
        if (!options.lessons.empty() && options.lessons != lesson.name) continue;
        LessonLab lab(lesson, options.learn, console, scratch / lesson.name);
        for (size_t i = 0; i < lesson.rounds.size(); ++i) {
            const Showing shown = lab.measure(i, lesson.rounds[i].detector);
            if (shown.recorded) throw CannotHere(fmt::format("{}, question {}: can be measured in no lab of this machine; halfopen doctor says what is missing", lesson.name, i + 1));
            const fs::path recording = recording_of(lesson, i);
            fs::create_directories(recording.parent_path());
            write_or_print(recording.string(), pack_xz(read_text(shown.folder / records_file)));
            fmt::print("{}: {}\n", recording.string(), shown.where);
        }
    }
}

void record(const ClassOptions& options) {
    const fs::path scratch = fresh_folder("class-record");
    unless_interrupted(scratch, [&] { record_into(scratch, options); });
}

void collect_folder(const ClassOptions& options) {
    const Collected all = collect(options.folder);
    for (const std::string& problem : all.problems) fmt::print(stderr, "{}\n", problem);
    if (!options.csv.empty()) write_or_print(options.csv == "-" ? "" : options.csv, class_csv(all));
    if (options.csv != "-") fmt::print("{}", class_histogram(all));
    if (!all.problems.empty()) set_exit_status(static_cast<int>(Exit::usage));
}

} // namespace

void add_class(CLI::App& app) {
    auto* verb = app.add_subcommand("class", "for instructors: work sheets, measured answers, parameters for each, hand-ins, lessons of one's own");
    verb->require_subcommand(1);
    auto o = std::make_shared<ClassOptions>();
    const auto which = [o](CLI::App* part) { part->add_option("LESSONS", o->lessons, "3, 3-6 or a name; default: all"); };
    const auto to_file = [o](CLI::App* part) { part->add_option("-o,--output", o->output, "a file; default: stdout"); };
    const auto of_seed = [o](CLI::App* part) { part->add_option("--seed", o->learn.seed, "with the parameters of that learner"); };

    auto* sheets = verb->add_subcommand("sheet", "work sheets in Markdown: questions, boxes, blank ladders, and no answer");
    which(sheets), to_file(sheets), of_seed(sheets);
    sheets->callback([o] { sheet(*o); });

    auto* keys = verb->add_subcommand("key", "the same with the answers, measured on this machine now");
    which(keys), to_file(keys), of_seed(keys);
    keys->add_option("--lab", o->learn.lab, "namespaces, virtual, or whichever is quicker (auto)")->check(CLI::IsMember({"auto", "namespaces", "virtual"}));
    keys->add_option("--kernel", o->learn.kernel, "guest's kernel, for the virtual lab");
    keys->add_option("--records", o->records, "a folder for what is measured; default: a new one in results/");
    keys->callback([o] { key(*o); });

    auto* assign = verb->add_subcommand("assign", "which parameters each learner gets: one seed, one set, on every machine");
    which(assign), to_file(assign);
    assign->add_option("--seed", o->seeds, "a learner's name or number; once for each")->required()->allow_extra_args(false);
    assign->callback([o] { write_or_print(o->output, assignment(chosen(*o), o->seeds)); });

    auto* collecting = verb->add_subcommand("collect", "hand-ins below a folder: what the class predicted, and a table");
    collecting->add_option("FOLDER", o->folder, "of hand-ins")->required();
    collecting->add_option("--csv", o->csv, "writes the table to a file, or to stdout for -");
    collecting->callback([o] { collect_folder(*o); });

    auto* recording = verb->add_subcommand("record", "runs the lessons of a folder and keeps what was seen, for machines without a lab");
    recording->add_option("FOLDER", o->folder, "of lessons")->required();
    recording->add_option("LESSON", o->lessons, "this one only, by its name");
    recording->add_option("--kernel", o->learn.kernel, "guest's kernel");
    recording->callback([o] {
        if (!cached_kernels().empty() && why_no_emulator().empty()) o->learn.lab = "virtual"; // The same on any day.
        record(*o);
    });

    auto* check = verb->add_subcommand("check", "reads the lessons of a folder and holds them against theory");
    check->add_option("FOLDER", o->folder, "of lessons")->required();
    check->callback([o] { check_folder(o->folder); });
}

} // namespace halfopen
