// The lessons that come with the program, and what is wrong with those that do not.

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/learn/hand_in.h"
#include "harness/learn/theory_of.h"
#include "support/catch.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

const std::string good = R"(+++
title = "A title"
law = "law 1"

[[round]]
scenario = "orderly-close"
detector = "recv"
horizon = "2s"
press = "close it"
question = "What does recv() return?"
[[round.choice]]
says = "nothing"
silent = true
belief = "close() is quiet"
[[round.choice]]
says = "0"
signal = "recv: 0"
+++

## Scene

A scene.

## Hints

1. One
2. Two

## Explained

Seen: {seen}, predicted: {predicted}.

## Carry over

And then?

## The law, mended

0 means that the client will send no more.
)";

std::string with(std::string text, const std::string& old, const std::string& by) {
    const size_t at = text.find(old);
    REQUIRE(at != text.npos);
    return text.replace(at, old.size(), by);
}

std::string mistake_in(const std::string& text) {
    try {
        Lesson lesson = parse_lesson(text, "01-mine.md");
        lesson.file = "01-mine.md";
        check_lesson(lesson);
        return "";
    } catch (const BadInput& e) {
        return e.what();
    }
}

void check_mistake(const std::string& text, const std::string& words) {
    const std::string said = mistake_in(text);
    CHECK_THAT(said, ContainsSubstring(words));
    CHECK_THAT(said, ContainsSubstring("01-mine.md"));
    CHECK(said.find('\n') == said.npos);
}

} // namespace

TEST_CASE("there are twelve lessons, in order, and theory gives each question exactly one right answer") {
    REQUIRE(lessons().size() == 12);
    for (size_t i = 0; i < lessons().size(); ++i) {
        const Lesson& lesson = lessons()[i];
        INFO(lesson.file.string());
        CHECK(lesson.number == static_cast<int>(i) + 1);
        CHECK(lesson.rounds.size() >= 2); // It turns a knob.
        CHECK_NOTHROW(check_lesson(lesson));
        for (const Round& round : lesson.rounds) CHECK(round.choices.size() >= 3);
        CHECK(lesson.rounds.front().hints.size() == 3);
    }
}

TEST_CASE("no drawing of a lesson is wider than the narrowest terminal, and no scene longer than a screen") {
    for (const Lesson& lesson : lessons())
        for (const Round& round : lesson.rounds) {
            INFO(lesson.file.string() << "\n" << round.scene);
            std::istringstream lines(round.scene);
            int count = 0;
            for (std::string line; std::getline(lines, line); ++count)
                if (line.starts_with("    ")) CHECK(line.size() <= 64); // Two of the four blanks in front are shown.
            CHECK(count <= 22);
        }
}

TEST_CASE("a lesson is read from its file: rounds, answers, hints and texts") {
    const Lesson lesson = parse_lesson(good, "01-mine.md");
    REQUIRE(lesson.rounds.size() == 1);
    const Round& round = lesson.rounds.front();
    CHECK(lesson.title == "A title");
    CHECK(round.traffic == Traffic::idle);
    CHECK(round.horizon == 2s);
    CHECK(round.scene == "A scene.");
    CHECK(round.hints == std::vector<std::string>{"One", "Two"});
    CHECK(round.choices.at(0).belief == "close() is quiet");
    CHECK(mistake_in(good).empty());
}

TEST_CASE("a question without answers of its own offers the five times") {
    const std::string begin = good.substr(0, good.find("[[round.choice]]")), end = good.substr(good.find("+++\n\n## Scene"));
    const Lesson lesson = parse_lesson(begin + end, "01-mine.md");
    const auto& answers = lesson.rounds.front().choices;
    REQUIRE(answers.size() == 5);
    CHECK(answers.front().says == "at once");
    CHECK(answers.back().silent);
}

TEST_CASE("a lesson with a mistake gets one line with the file and the mend") {
    check_mistake("no settings", "between two lines of +++");
    check_mistake(with(good, "orderly-close", "orderly-clsoe"), "01-mine.md:6:12: there is no scenario \"orderly-clsoe\"; did you mean \"orderly-close\"?");
    check_mistake(with(good, "\"recv\"", "\"recve\""), "01-mine.md:7:");
    check_mistake(with(good, "horizon = \"2s\"", "horizon = 2"), "01-mine.md:8:");
    check_mistake(with(good, "\"2s\"", "\"two seconds\""), "is no duration");
    check_mistake(with(with(good, "orderly-close", "signal-storm"), "\"2s\"", "\"2s\"\ntraffic = \"buffer-full\""), "is not run with buffer-full traffic");
    check_mistake(with(good, "silent = true\n", ""), "a choice is right when");
    check_mistake(with(good, "silent = true\n", "silent = true\nsignal = \"recv: 0\"\n"), "a choice is right when");
    check_mistake(with(good, "press = \"close it\"\n", ""), "\"press\" is missing");
    check_mistake(with(good, "press", "pres"), "unknown key \"pres\"");
    check_mistake(with(good, "## Explained", "## Explaned"), "01-mine.md:29: no lesson has a part \"Explaned\"");
    check_mistake(with(good, "## Explained\n\nSeen: {seen}, predicted: {predicted}.\n", ""), "lacks a part \"## Explained\"");
    check_mistake(with(good, "## Carry over", "## Scene"), "\"Turn one knob\"");
    check_mistake(with(good, "A scene.\n", ""), "nothing stands under \"## Scene\"");
    check_mistake(with(good, "1. One", "One"), "numbered list");
}

TEST_CASE("a question that theory answers by none of its choices, or by two, is refused") {
    check_mistake(with(good, "signal = \"recv: 0\"", "signal = \"recv: ECONNRESET\""),
                  "\"What does recv() return?\" has no right answer (recv under orderly-close: at once, recv: 0)");
    check_mistake(with(good, "+++\n\n## Scene", "[[round.choice]]\nsays = \"zero\"\nwithin = \"1s\"\n+++\n\n## Scene"), "has 2 right answers, \"0\" and \"zero\"");
}

TEST_CASE("a text has no time of its own: it is computed, measured, or a setting") {
    check_mistake(with(good, "A scene.", "It takes 15 min."), "\"15 min\" is a time that nothing holds");
    check_mistake(with(good, "A scene.", "It took {seen}."), "{seen} stands before anything was seen");
    check_mistake(with(good, "{predicted}", "{foretold}"), "there is no {foretold}");
    check_mistake(with(good, "{predicted}", "{predicted 2}"), "1 rounds");
    check_mistake(with(good, "{predicted}", "{theory orderly-close idle rcv}"), "rcv");
    CHECK(mistake_in(with(good, "{predicted}", "{theory silent-drop one-write recv}")).empty());
}

TEST_CASE("theory fills the texts in: a cell's time, a round's, and the method's name") {
    const std::vector<RoundFacts> facts{{"keepalive 60/5/3", "75-77.8 s", "76.1 s", 80s}, {"recv", "at once", std::nullopt, 2s}};
    CHECK(filled_in("{method}: {predicted}, {seen} in {watched}; {predicted 2}", facts, 0) == "keepalive 60/5/3: 75-77.8 s, 76.1 s in 80.0 s; at once");
    CHECK_THAT(filled_in("{theory silent-drop one-write recv}", facts, 1), ContainsSubstring("15 min 3"));
    CHECK_THROWS_WITH(filled_in("{seen}", facts, 1), ContainsSubstring("before anything was seen"));
}

TEST_CASE("what varies from learner to learner is the same for the same seed, and reaches every value") {
    Round round;
    round.scenario = "silent-drop";
    round.detector = "keepalive:idle=60s,interval=5s,count=3";
    round.vary = {{"idle", {"20s", "40s"}}, {"count", {"2", "3"}}};
    const auto specs = specs_of(round);
    REQUIRE(specs.size() == 5);
    CHECK(specs.front() == round.detector);
    CHECK(specs.at(1) == "keepalive:idle=20s,interval=5s,count=2");
    CHECK(drawn_spec(round, "") == round.detector);
    CHECK(drawn_spec(round, "anna") == drawn_spec(round, "anna"));
    std::set<std::string> drawn;
    for (int i = 0; i < 60; ++i) drawn.insert(drawn_spec(round, "learner " + std::to_string(i)));
    CHECK(drawn.size() == 4);
}

TEST_CASE("lessons are found by number, by name and by a range") {
    CHECK(find_lesson("5").name == "pulled-plug");
    CHECK(find_lesson("pulled-plug").number == 5);
    CHECK(lessons_of("3-6").size() == 4);
    CHECK(lessons_of("pulled-plug").size() == 1);
    CHECK_THROWS_WITH(find_lesson("pulled-plgu"), ContainsSubstring("did you mean \"pulled-plug\"?"));
    CHECK_THROWS_WITH(lessons_of("30-40"), ContainsSubstring("there is no lesson \"30-40\""));
}
