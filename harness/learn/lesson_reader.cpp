// From the file of a lesson to a lesson, and every mistake on the way in one line.

#include <algorithm>

#include "harness/base/error.h"
#include "harness/base/names.h"
#include "harness/learn/lesson_text.h"
#include "harness/learn/theory_of.h"
#include "detectors/detector.h"
#include "harness/trial/scenario.h"
#include "harness/trial/toml_file.h"

namespace halfopen {

namespace {

Duration read_time(const TomlFile& file, const toml::table& table, std::string_view key) {
    const std::string text = file.text(table, key);
    const auto time = parse_duration(text);
    if (!time) file.fail(file.at(table, key), fmt::format("\"{}\" is no duration; write it with its unit: 80s, 20min, 3h", text));
    return *time;
}

Answer read_choice(const TomlFile& file, const toml::table& table) {
    file.only(table, {"says", "silent", "signal", "after", "within", "belief"});
    Answer choice{.says = file.text(table, "says")};
    choice.silent = table.contains("silent") && file.boolean(table, "silent");
    choice.signal = file.text_or(table, "signal", "");
    choice.belief = file.text_or(table, "belief", "");
    if (table.contains("after") || table.contains("within"))
        choice.when = Window{table.contains("after") ? read_time(file, table, "after") : Duration::min(),
                             table.contains("within") ? read_time(file, table, "within") : Duration::max()};
    const bool speaks = choice.when || !choice.signal.empty();
    if (choice.silent == speaks)
        file.fail(table, "a choice is right when nothing is noticed (silent = true), or by what is said (signal) and when (after, within)");
    return choice;
}

/// The usual times, with the beliefs that this question brings out.
std::vector<Answer> read_times(const TomlFile& file, const toml::table& round) {
    auto choices = times();
    if (!round.contains("beliefs")) return choices;
    const toml::node& node = file.at(round, "beliefs");
    if (!node.is_table()) file.fail(node, "\"beliefs\" must be written as { \"at once\" = \"...\" }");
    std::vector<std::string> words;
    for (const Answer& choice : choices) words.push_back(choice.says);
    file.only(*node.as_table(), words);
    for (Answer& choice : choices) choice.belief = file.text_or(*node.as_table(), choice.says, "");
    return choices;
}

std::vector<Answer> read_choices(const TomlFile& file, const toml::table& round) {
    std::vector<Answer> choices;
    for (const toml::table* choice : file.tables(round, "choice")) choices.push_back(read_choice(file, *choice));
    if (choices.empty()) return read_times(file, round);
    if (choices.size() < 2 || choices.size() > 9) file.fail(round, "a question has two to nine choices");
    if (round.contains("beliefs")) file.fail(file.at(round, "beliefs"), "each [[round.choice]] has a \"belief\" of its own");
    return choices;
}

std::vector<Varied> read_varied(const TomlFile& file, const toml::table& round, const std::string& detector) {
    std::vector<Varied> all;
    if (!round.contains("vary")) return all;
    const toml::node& node = file.at(round, "vary");
    if (!node.is_table()) file.fail(node, "\"vary\" must be written as { idle = [\"40s\", \"50s\"] }");
    for (const auto& [setting, values] : *node.as_table()) all.push_back({std::string(setting.str()), file.texts(*node.as_table(), setting.str())});
    for (const Varied& varied : all)
        if (!make_detector(detector)->settings().has(varied.setting)) file.fail(node, fmt::format("{} has no setting \"{}\" that could vary", detector, varied.setting));
    return all;
}

/// Names that exist, and a detector that can be run there.
void check_names(const TomlFile& file, const toml::table& table, const Round& round) {
    const auto says = [&](std::string_view key, const auto& find) {
        try {
            find();
        } catch (const BadInput& e) {
            file.fail(file.at(table, key), e.what());
        }
    };
    says("scenario", [&] { find_scenario(round.scenario); });
    says("detector", [&] { make_detector(round.detector); });
    const auto& profiles = find_scenario(round.scenario).traffic;
    if (std::find(profiles.begin(), profiles.end(), round.traffic) == profiles.end())
        file.fail(file.at(table, "traffic"), fmt::format("{} is not run with {} traffic", round.scenario, info(round.traffic).name));
}

Round read_round(const TomlFile& file, const toml::table& table) {
    file.only(table, {"scenario", "traffic", "detector", "horizon", "press", "question", "choice", "beliefs", "vary"});
    Round round;
    round.scenario = file.text(table, "scenario");
    round.detector = file.text(table, "detector");
    const std::string word = file.text_or(table, "traffic", "idle");
    const auto traffic = parse_traffic(word);
    if (!traffic) file.fail(file.at(table, "traffic"), fmt::format("there is no traffic profile \"{}\"; profiles: {}", word, all_traffic()));
    round.traffic = *traffic;
    round.horizon = read_time(file, table, "horizon");
    if (round.horizon < std::chrono::seconds{1}) file.fail(file.at(table, "horizon"), "a failure is watched for at least 1 s");
    round.press = file.text(table, "press");
    round.question = file.text(table, "question");
    round.choices = read_choices(file, table);
    check_names(file, table, round);
    round.vary = read_varied(file, table, round.detector);
    try {
        specs_of(round);
    } catch (const BadInput& e) {
        file.fail(file.at(table, "vary"), e.what());
    }
    return round;
}

/// "1. First" and what goes on below it, as one entry each.
std::vector<std::string> read_hints(const Part& part, const std::string& file) {
    std::vector<std::string> hints;
    size_t begin = 0;
    while (begin < part.text.size()) {
        const size_t end = std::min(part.text.find('\n', begin), part.text.size());
        const std::string line = part.text.substr(begin, end - begin);
        begin = end + 1;
        const std::string mark = fmt::format("{}. ", hints.size() + 1);
        if (line.starts_with(mark))
            hints.push_back(line.substr(mark.size()));
        else if (hints.empty())
            throw BadInput(fmt::format("{}:{}: hints are a numbered list, which begins with \"1. \"", file, part.line));
        else
            hints.back() += " " + line.substr(std::min(line.find_first_not_of(' '), line.size()));
    }
    return hints;
}

/// The parts of the text go to the rounds in order: a scene, its hints, its explanation; then the next.
class Filling {
public:
    Filling(Lesson& lesson, const std::string& file) : lesson_(lesson), file_(file) {}

    void take(const Part& part) {
        if (part.heading == "Scene" || part.heading == "Turn one knob") {
            if ((part.heading == "Scene") != (next_ == 0)) fail(part, "the first round has a \"Scene\", each other one \"Turn one knob\"");
            if (next_ == lesson_.rounds.size()) fail(part, "there is no [[round]] for it");
            lesson_.rounds[next_++].scene = part.text;
        } else if (part.heading == "Carry over") {
            once(part, lesson_.carry_over);
        } else if (part.heading == "The law, mended") {
            once(part, lesson_.law_mended);
        } else if (next_ == 0) {
            fail(part, "it comes after the \"Scene\"");
        } else if (part.heading == "Hints") {
            lesson_.rounds[next_ - 1].hints = read_hints(part, file_);
        } else {
            once(part, lesson_.rounds[next_ - 1].explained);
        }
    }

    void finish(int last_line) const {
        const auto missing = [&](std::string_view heading) {
            throw BadInput(fmt::format("{}:{}: the lesson lacks a part \"## {}\"", file_, last_line, heading));
        };
        for (const Round& round : lesson_.rounds) {
            if (round.scene.empty()) missing(&round == &lesson_.rounds.front() ? "Scene" : "Turn one knob");
            if (round.explained.empty()) missing("Explained");
        }
        if (lesson_.carry_over.empty()) missing("Carry over");
        if (lesson_.law_mended.empty()) missing("The law, mended");
    }

private:
    [[noreturn]] void fail(const Part& part, const std::string& what) const {
        throw BadInput(fmt::format("{}:{}: \"## {}\": {}", file_, part.line, part.heading, what));
    }
    void once(const Part& part, std::string& place) const {
        if (!place.empty()) fail(part, "it stands twice");
        place = part.text;
    }

    Lesson& lesson_;
    const std::string& file_;
    size_t next_ = 0;
};

} // namespace

Lesson parse_lesson(std::string_view text, const std::string& file) {
    const LessonText parts = take_apart(text, file);
    const TomlFile front(parts.front, file);
    front.only(front.root(), {"title", "law", "round"});
    Lesson lesson;
    lesson.title = front.text(front.root(), "title");
    lesson.law = front.text(front.root(), "law");
    for (const toml::table* round : front.tables(front.root(), "round")) lesson.rounds.push_back(read_round(front, *round));
    if (lesson.rounds.empty()) throw BadInput(fmt::format("{}:1: nothing is run in this lesson: add [[round]]", file));
    Filling filling(lesson, file);
    for (const Part& part : parts.parts) filling.take(part);
    filling.finish(static_cast<int>(std::count(text.begin(), text.end(), '\n')));
    return lesson;
}

} // namespace halfopen
