#include "harness/learn/flow.h"

#include <algorithm>
#include <array>

#include "harness/base/error.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr std::array<const char*, 5> steps_of_a_round{"scene", "predict", "observe", "compare", "explain"};
constexpr const char* keys = "Enter next, h hint, b back, s skip, q quit";

} // namespace

std::optional<size_t> Flow::place(const std::string& text, size_t many) {
    if (text.size() != 1 || text[0] < '1' || static_cast<size_t>(text[0] - '1') >= many) return std::nullopt;
    return static_cast<size_t>(text[0] - '1');
}

Flow::Flow(Console& console, const Lesson& lesson, HandIn& hand_in, std::filesystem::path file, ShowRound measure)
    : console_(console), lesson_(lesson), hand_in_(hand_in), file_(std::move(file)), measure_(std::move(measure)),
      measured_(lesson.rounds.size()), hints_given_(lesson.rounds.size()) {
    facts_ = facts_of(lesson, specs());
    for (size_t i = 0; i < lesson.rounds.size(); ++i) {
        DoneRound& round = hand_in.rounds[i];
        round.predicted = facts_[i].predicted;
        if (!round.where.empty()) keep_what_was_seen(i);
    }
}

std::vector<std::string> Flow::specs() const {
    std::vector<std::string> all;
    for (const DoneRound& round : hand_in_.rounds) all.push_back(round.detector);
    return all;
}

size_t Flow::steps() const { return lesson_.rounds.size() * steps_of_a_round.size() + 1; }

bool Flow::run() {
    while (static_cast<size_t>(hand_in_.step) < steps()) {
        const auto number = static_cast<size_t>(hand_in_.step);
        head(number);
        switch (step(number)) {
        case Move::next: ++hand_in_.step; break;
        case Move::back: hand_in_.step = std::max(0, hand_in_.step - 1); break;
        case Move::quit: return false;
        }
        if (static_cast<size_t>(hand_in_.step) == steps()) hand_in_.finished = utc_now();
        save();
    }
    return true;
}

Flow::Move Flow::step(size_t number) {
    const size_t round = number / steps_of_a_round.size();
    if (round == lesson_.rounds.size()) return carry_over();
    switch (number % steps_of_a_round.size()) {
    case 0: return scene(round);
    case 1: return predict(round);
    case 2: return observe(round);
    case 3: return compare(round);
    default: return explain(round);
    }
}

void Flow::head(size_t number) {
    const size_t round = number / steps_of_a_round.size();
    const std::string name = round == lesson_.rounds.size() ? "carry over" : steps_of_a_round[number % steps_of_a_round.size()];
    const std::string title = fmt::format("Lesson {} · {} ({})", lesson_.number, lesson_.title, lesson_.law);
    console_.line();
    if (console_.style().plain) return console_.line(fmt::format("{}. Step {} of {}: {}.", title, number + 1, steps(), name));
    const bool ascii_only = console_.style().ascii;
    std::string bar;
    for (size_t i = 0; i < steps(); ++i) bar += i <= number ? (ascii_only ? "#" : "■") : (ascii_only ? "." : "□");
    const std::string right = bar + " " + name;
    const size_t width = console_.width();
    if (display_width(title) + display_width(right) + 2 <= width)
        console_.heading(pad_right(title, width - display_width(right)) + right);
    else
        console_.heading(wrapped(title, width) + "\n" + right);
    std::string rule;
    for (size_t i = 0; i < width; ++i) rule += ascii_only ? "-" : "─";
    console_.line(rule);
}

Flow::Typed Flow::ask(const std::string& prompt, size_t round) {
    for (;;) {
        const auto text = console_.ask(prompt);
        if (!text || *text == "q") return {{}, Move::quit};
        if (*text == "s") return {{}, Move::next};
        if (*text == "b") return {{}, Move::back};
        if (*text != "h") return {*text, {}};
        hint(round);
    }
}

void Flow::hint(size_t round) {
    const auto& hints = lesson_.rounds[round].hints;
    size_t& given = hints_given_[round];
    if (hints.empty()) return console_.line("There is no hint to this question.");
    if (given < hints.size()) ++given;
    console_.prose(fmt::format("Hint {} of {}: {}", given, hints.size(), filled(hints[given - 1], round)));
}

Flow::Move Flow::press_enter(size_t round, const std::string& what) {
    const std::string prompt = fmt::format("Press Enter to {}. ", what);
    const bool fits = prompt.size() + std::string_view(keys).size() + 3 <= console_.width();
    for (;;) {
        const Typed typed = ask(fits ? fmt::format("{}[{}] ", prompt, keys) : wrapped(prompt + "[h, b, s, q] ", console_.width()) + " ", round);
        if (typed.move || typed.text.empty()) return typed.move.value_or(Move::next);
        console_.prose("Nothing was asked here, so that is not kept. The keys: " + std::string(keys) + ".");
    }
}

std::string Flow::filled(const std::string& text, size_t round) const {
    auto facts = facts_;
    for (RoundFacts& each : facts)
        if (!each.seen) each.seen = "not looked at"; // Whoever skips goes without.
    return filled_in(text, facts, round);
}

void Flow::save() { keep(hand_in_, file_); }

Flow::Move Flow::scene(size_t round) {
    console_.prose(filled(lesson_.rounds[round].scene, round));
    console_.line();
    return press_enter(round);
}

void Flow::say_answers(const Round& round) {
    const size_t width = console_.width() - 2;
    std::string line;
    for (size_t i = 0; i < round.choices.size(); ++i) {
        const std::string answer = fmt::format("{}) {}", i + 1, round.choices[i].says);
        if (!line.empty() && (console_.style().plain || display_width(line) + display_width(answer) + 3 > width)) {
            console_.line("  " + wrapped(line, width, "     "));
            line.clear();
        }
        line += (line.empty() ? "" : "   ") + answer;
    }
    console_.line("  " + wrapped(line, width, "     "));
}

Flow::Move Flow::predict(size_t number) {
    const Round& round = lesson_.rounds[number];
    DoneRound& done = hand_in_.rounds[number];
    console_.prose(filled(round.question, number));
    say_answers(round);
    if (done.chosen) {
        console_.line(fmt::format("Locked: you said \"{}\".", done.answers[static_cast<size_t>(*done.chosen)]));
        return press_enter(number, round.press);
    }
    for (;;) {
        const Typed typed = ask("> ", number);
        if (typed.move) return *typed.move;
        if (const auto chosen = place(typed.text, round.choices.size())) {
            done.chosen = static_cast<int>(*chosen);
            break;
        }
        console_.prose(fmt::format("A number from 1 to {}; or h for a hint, b back, s skip, q quit.", round.choices.size()));
    }
    const Move move = ask_reason(number);
    return move == Move::back ? predict(number) : move; // Back to the answers, not past them.
}

Flow::Move Flow::ask_reason(size_t number) {
    DoneRound& done = hand_in_.rounds[number];
    const auto give_up = [&](const Typed& typed) { // A guess without its reason is none yet.
        if (typed.move == Move::back || typed.move == Move::quit) done.chosen.reset();
        return typed.move;
    };
    const Typed why = ask("Why? > ", number);
    if (const auto move = give_up(why); move && *move != Move::next) return *move;
    done.reason = why.text;
    for (;;) {
        const Typed sure = ask("How sure are you (1 a guess, 2 fairly, 3 certain)? > ", number);
        if (const auto move = give_up(sure)) {
            if (*move != Move::next) return *move;
            break;
        }
        if (const auto level = place(sure.text, 3)) {
            done.sure = static_cast<int>(*level) + 1;
            break;
        }
        console_.line("1, 2 or 3.");
    }
    save(); // Locked, whatever happens from here on.
    console_.line("Locked.");
    return press_enter(number, lesson_.rounds[number].press);
}

Flow::Move Flow::carry_over() {
    console_.prose("To carry over: " + filled(lesson_.carry_over, 0));
    console_.line();
    console_.prose("The law, mended. " + filled(lesson_.law_mended, 0));
    console_.line();
    return press_enter(lesson_.rounds.size() - 1, "end the lesson");
}

} // namespace halfopen
