#include "harness/learn/collect.h"

#include <algorithm>
#include <map>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/learn/seen.h"
#include "reports/csv.h"
#include "reports/text.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

/// Who handed it in: the seed where there is one, else the folder that the file is in, else nobody knows.
std::string learner_of(const Collected::One& one) {
    if (!one.hand_in.seed.empty()) return one.hand_in.seed;
    return fs::path(one.file).parent_path().string();
}

/// Two files of one learner and lesson, or two with the same bytes, are one hand-in: the one that was finished later.
void drop_doubles(Collected& all) {
    std::map<std::string, Collected::One> kept;
    for (Collected::One& one : all.hand_ins) {
        const std::string learner = learner_of(one);
        const std::string key = learner.empty() ? to_json(one.hand_in) : fmt::format("{}\n{}", learner, one.hand_in.lesson);
        const auto [first, is_new] = kept.try_emplace(key, one);
        if (is_new) continue;
        const bool later = first->second.hand_in.finished < one.hand_in.finished;
        const std::string loser = later ? first->second.file : one.file, winner = later ? one.file : first->second.file;
        all.problems.push_back(fmt::format("{}: lesson {} is handed in twice; {} counts", loser, one.hand_in.number, winner));
        if (later) first->second = one;
    }
    all.hand_ins.clear();
    for (auto& [key, one] : kept) all.hand_ins.push_back(std::move(one));
}

std::string number_of(const std::optional<int>& place, const std::vector<std::string>& answers) {
    return place ? answers[static_cast<size_t>(*place)] : "";
}

/// A spreadsheet takes what begins so for a formula.
std::string typed(std::string text) {
    text = printable(text);
    if (!text.empty() && std::string_view("=+-@\t").find(text[0]) != std::string_view::npos) text.insert(0, "'");
    return text;
}

/// One question and what the class said to it.
struct Question {
    std::string title, text;
    std::vector<std::string> answers;
    std::vector<int> chosen, right;
    int asked = 0, hit = 0;
};

std::string shortened(const std::string& text, size_t width) { return display_width(text) <= width ? text : cut(text, width - 3) + "..."; }

std::string bars(const Question& question) {
    size_t widest = 0;
    for (const std::string& answer : question.answers) widest = std::max(widest, display_width(answer));
    widest = std::min<size_t>(widest, 40);
    const int most = std::max(1, *std::max_element(question.chosen.begin(), question.chosen.end()));
    std::string text;
    for (size_t i = 0; i < question.answers.size(); ++i) {
        const int length = question.chosen[i] * 20 / std::max(most, 20) + (question.chosen[i] > 0 && question.chosen[i] * 20 < std::max(most, 20));
        text += fmt::format("  {}  {:<20} {:>3}{}\n", pad_right(shortened(question.answers[i], widest), widest), std::string(static_cast<size_t>(length), '#'),
                            question.chosen[i], question.right[i] ? "  <- seen" : "");
    }
    return text;
}

} // namespace

Collected collect(const fs::path& folder) {
    if (!fs::is_directory(folder)) throw BadInput(fmt::format("{}: is no folder; class collect takes the one that holds the hand-ins", folder.string()));
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.empty()) throw BadInput(fmt::format("{}: holds no hand-in, which is a file like 05-pulled-plug.json", folder.string()));
    Collected all;
    for (const fs::path& file : files) {
        const std::string name = fs::relative(file, folder).string();
        try {
            all.hand_ins.push_back({name, parse_hand_in(read_text(file), name)});
        } catch (const BadInput& e) {
            all.problems.emplace_back(e.what());
        }
    }
    drop_doubles(all);
    std::sort(all.hand_ins.begin(), all.hand_ins.end(),
              [](const Collected::One& a, const Collected::One& b) { return std::pair(a.hand_in.number, a.file) < std::pair(b.hand_in.number, b.file); });
    return all;
}

std::string class_csv(const Collected& all) {
    std::string text = csv_line({"file", "who", "lesson", "number", "round", "scenario", "traffic", "detector", "chosen", "right", "is_right", "sure", "reason",
                                 "noticed_after_ns", "signal", "horizon_ns", "predicted", "where", "recorded", "explanation", "mark", "started", "finished"});
    for (const auto& [file, h] : all.hand_ins)
        for (size_t i = 0; i < h.rounds.size(); ++i) {
            const DoneRound& r = h.rounds[i];
            const Observed seen = observed(r);
            text += csv_line({typed(file), typed(h.seed), h.lesson, std::to_string(h.number), std::to_string(i + 1), r.scenario, r.traffic, r.detector,
                              typed(number_of(r.chosen, r.answers)), typed(number_of(r.right, r.answers)),
                              r.chosen && r.right ? (r.chosen == r.right ? "yes" : "no") : "", r.sure ? std::to_string(r.sure) : "", typed(r.reason),
                              seen.after ? std::to_string(seen.after->to.count()) : "", typed(r.signal), std::to_string(r.horizon.count()), typed(r.predicted),
                              typed(r.where), r.recorded ? "yes" : "no", typed(r.explanation), r.mark, h.started, h.finished});
        }
    return text;
}

std::string class_histogram(const Collected& all) {
    std::vector<Question> questions;
    std::map<std::string, size_t> known;
    for (const auto& [file, h] : all.hand_ins)
        for (size_t i = 0; i < h.rounds.size(); ++i) {
            const DoneRound& r = h.rounds[i];
            const auto [at, is_new] = known.try_emplace(fmt::format("{}/{}/{}", h.lesson, i, joined(r.answers, "/")), questions.size());
            if (is_new) {
                const std::string title = fmt::format("Lesson {}, {}{}", h.number, h.title, i == 0 ? "" : ", the knob turned");
                questions.push_back({title, r.question, r.answers, std::vector<int>(r.answers.size()), std::vector<int>(r.answers.size())});
            }
            Question& question = questions[at->second];
            if (r.right) ++question.right[static_cast<size_t>(*r.right)];
            if (!r.chosen) continue;
            ++question.asked;
            ++question.chosen[static_cast<size_t>(*r.chosen)];
            question.hit += r.chosen == r.right;
        }
    std::string text;
    for (const Question& q : questions)
        text += fmt::format("{}\n{}\n{}  {}\n\n", wrapped(printable(q.title), 79), wrapped(printable(q.text), 79), bars(q),
                            q.asked == 0 ? "Nobody has answered it yet." : fmt::format("{} of {} were right.", q.hit, q.asked));
    return text;
}

} // namespace halfopen
