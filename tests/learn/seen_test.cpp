// Which answer a run shows to be right, and the line on which the guess is seen beside it.

#include "harness/learn/lesson_text.h"
#include "harness/learn/number_line.h"
#include "harness/learn/seen.h"
#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

Round about_times() {
    Round round;
    round.choices = times();
    return round;
}

Observed at(Duration from, Duration to) { return {Window{from, to}, "recv: 0"}; }

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

} // namespace

TEST_CASE("the right answer is that of the time seen, and silence is an answer too") {
    const Round round = about_times();
    CHECK(round.right(at(30us, 60us)) == 0u);
    CHECK(round.right(at(2s, 3s)) == 2u);
    CHECK(round.right(at(15min, 16min)) == 3u);
    CHECK(round.right({}) == 4u);
    CHECK_FALSE(round.right(at(500ms, 2s))); // No one answer holds both.
}

TEST_CASE("inside its prediction a run's answer is theory's, so that a busy machine makes no guess wrong") {
    const Round round = about_times();
    const Observed theory = at(0s, 99ms);
    CHECK(right_answer(round, at(50ms, 110ms), theory) == 0u);  // 11 ms beyond, as a scheduler may add.
    CHECK(right_answer(round, at(300ms, 400ms), theory) == 1u); // Outside it is what was seen.
    CHECK(right_answer(round, {}, theory) == 4u);
    CHECK_FALSE(right_answer(round, at(50ms, 400ms), theory));
}

TEST_CASE("an answer about words asks for the words") {
    Round round;
    round.choices = {{.says = "0", .signal = "recv: 0"}, {.says = "an error", .signal = "recv: ECONNRESET"}, {.says = "nothing", .silent = true}};
    CHECK(round.right({Window{1us, 1us}, "recv: 0"}) == 0u);
    CHECK(round.right({Window{1us, 1us}, "recv: ECONNRESET"}) == 1u);
    CHECK_FALSE(round.right({Window{1us, 1us}, "recv: ETIMEDOUT"}));
}

TEST_CASE("one silent trial of three makes a round silent, and the slowest is the silent one") {
    std::vector<TrialLine> trials(3);
    trials[0].noticed_after = 1s;
    trials[2].noticed_after = 3s;
    CHECK(&slowest(trials) == &trials[1]);
    CHECK_FALSE(observed(trials).after);
    trials[1].noticed_after = 2s;
    CHECK(&slowest(trials) == &trials[2]);
    CHECK(observed(trials).after == Window{1s, 3s});
}

TEST_CASE("guess and trials stand on one line of time, with a place for not at all") {
    const auto guess = times()[2]; // within 1 min
    const auto lines = lines_of(number_line(guess, {1001ms, 60s, std::nullopt}, 80));
    REQUIRE(lines.size() == 5);
    CHECK(lines[4] == "      ^ your answer, o a trial, > heard nothing");
    CHECK(lines[0].starts_with("you "));
    CHECK(lines[1].starts_with("seen "));
    const size_t second = lines[3].find("1s"), minute = lines[3].find("1m ");
    CHECK(lines[1].find('o') == second);
    CHECK(lines[1].rfind('o') == minute);
    CHECK(lines[0].find('^') == second); // The guess reaches from one to the other.
    CHECK(lines[0].rfind('^') == minute);
    CHECK(lines[1].find('>') > lines[3].find('|'));
    CHECK(lines[0].find('|') == lines[3].find('|'));
    for (const std::string& line : lines) CHECK(line.size() <= 80);
}

TEST_CASE("a trial on the edge of a guess stands on the side on which it is") {
    const auto guess = times()[2]; // after 1 s, within 1 min
    const auto inside = lines_of(number_line(guess, {1001ms, 60s}, 60)), outside = lines_of(number_line(guess, {1s, 61s}, 60));
    CHECK(inside[1].find('o') == inside[0].find('^'));
    CHECK(inside[1].rfind('o') == inside[0].rfind('^'));
    CHECK(outside[1].find('o') == outside[0].find('^') - 1);
    CHECK(outside[1].rfind('o') == outside[0].rfind('^') + 1);
}

TEST_CASE("an answer that is about what is said, whenever, has no place on the line of time, and says so") {
    Answer guess{.says = "recv() returns 0"};
    guess.signal = "recv: 0";
    const auto lines = lines_of(number_line(guess, {1s}, 60));
    CHECK(lines[0].starts_with("you   (your answer names no time)"));
    CHECK(lines[0].find('|') == lines[3].find('|'));
}

TEST_CASE("the line of time fits 50 columns and takes no guess") {
    for (const std::string& line : lines_of(number_line(std::nullopt, {2h}, 50))) CHECK(line.size() <= 52);
    CHECK(lines_of(number_line(std::nullopt, {2h}, 50))[0].find('^') == std::string::npos);
}
