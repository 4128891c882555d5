// Lessons in a real terminal: keys are sent, the screen is read.

#include "harness/linux/command.h"
#include "support/learners.h"
#include "support/namespaces.h"
#include "support/program.h"
#include "support/terminal.h"
#include "support/virtual_lab.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

size_t steps_of(const Lesson& lesson) { return lesson.rounds.size() * 5 + 1; }

/// The bar that stands at the top of a step, from 0.
std::string bar(const Lesson& lesson, size_t step, const std::string& name) {
    std::string text;
    for (size_t i = 0; i < steps_of(lesson); ++i) text += i <= step ? "■" : "□";
    return text + " " + name;
}

/// Enter, typed while it is measured or played, shows the rest of a ladder at once.
void see(TmuxTerminal& terminal, const Lesson& lesson, size_t step) {
    terminal.type("");
    const std::string next = bar(lesson, step + 1, "compare");
    const Instant give_up = MonotonicClock::now() + 180s;
    while (MonotonicClock::now() < give_up) {
        if (terminal.screen().find(next) != std::string::npos) return;
        if (!terminal.asks("Press Enter to go on.", 200ms)) continue;
        terminal.type("");
        REQUIRE(terminal.shows(next));
    }
    FAIL(terminal.screen());
}

void go_through_round(TmuxTerminal& terminal, const Lesson& lesson, size_t number, bool right) {
    const Round& round = lesson.rounds[number];
    const size_t first = number * 5;
    REQUIRE(terminal.shows(bar(lesson, first, "scene")));
    terminal.type("");
    REQUIRE(terminal.shows(bar(lesson, first + 1, "predict")));
    terminal.type(right_number(round, right));
    REQUIRE(terminal.asks("Why? >"));
    terminal.type("because it must");
    REQUIRE(terminal.asks("How sure"));
    terminal.type("2");
    REQUIRE(terminal.asks("Press Enter to " + round.press));
    terminal.type("");
    REQUIRE(terminal.shows(bar(lesson, first + 2, "observe")));
    see(terminal, lesson, first + 2);
    REQUIRE(terminal.asks("Press Enter to go on."));
    terminal.type("");
    REQUIRE(terminal.shows(bar(lesson, first + 4, "explain")));
    terminal.type("my own words");
    REQUIRE(terminal.asks("Did you say the same"));
    terminal.type("2");
}

void go_through(const Lesson& lesson) {
    const Folder folder;
    TmuxTerminal terminal({"learn", lesson.name}, {state_in(folder)});
    for (size_t i = 0; i < lesson.rounds.size(); ++i) {
        INFO("lesson " << lesson.number << ", round " << i + 1);
        go_through_round(terminal, lesson, i, i > 0);
    }
    REQUIRE(terminal.shows(bar(lesson, steps_of(lesson) - 1, "carry over")));
    terminal.type("");
    CHECK(terminal.status() == 0);
    const std::string screen = terminal.screen();
    INFO(screen);
    CHECK_THAT(screen, ContainsSubstring(fmt::format("Lesson {} · ", lesson.number)));
    CHECK_THAT(screen, ContainsSubstring("Not so. The answer that fits is"));
    CHECK_THAT(screen, ContainsSubstring("\nRight."));
    CHECK_THAT(screen, ContainsSubstring("Your hand-in: "));
    const HandIn done = hand_in_of(folder, lesson);
    CHECK_FALSE(done.finished.empty());
    for (size_t i = 0; i < lesson.rounds.size(); ++i) {
        const DoneRound& round = done.rounds.at(i);
        CHECK(round.right == std::stoi(right_number(lesson.rounds[i])) - 1);
        CHECK_FALSE(round.recorded);
        CHECK(round.noticed_after.size() == 3);
        CHECK(round.mark == "partly");
    }
}

} // namespace

#define GOES_THROUGH(NUMBER)                                                                        \
    TEST_CASE("a terminal goes through lesson " #NUMBER ", with a wrong guess first and a right one then") { \
        NEEDS_TMUX;                                                                                 \
        NEEDS_NAMESPACES;                                                                           \
        NEEDS_GUEST("6.1");                                                                         \
        go_through(find_lesson(#NUMBER));                                                           \
    }
GOES_THROUGH(1)
GOES_THROUGH(2)
GOES_THROUGH(3)
GOES_THROUGH(4)
GOES_THROUGH(5)
GOES_THROUGH(6)
GOES_THROUGH(7)
GOES_THROUGH(8)
GOES_THROUGH(9)
GOES_THROUGH(10)
GOES_THROUGH(11)
GOES_THROUGH(12)

TEST_CASE("Ctrl-C anywhere in a lesson leaves the terminal as it was and keeps what was done") {
    NEEDS_TMUX;
    NEEDS_NAMESPACES;
    const Lesson& lesson = find_lesson("1");
    struct Place {
        std::vector<std::string> typed;
        std::string prompt;
        int step;
        bool locked;
    };
    const std::string press = "Press Enter to " + lesson.rounds.front().press;
    const std::vector<Place> places{
        {{}, "Press Enter to go on.", 0, false},
        {{""}, ">", 1, false},
        {{"", "1"}, "Why? >", 1, false},
        {{"", "1", "because"}, "How sure", 1, false},
        {{"", "1", "because", "3"}, press, 1, true},
        {{"", "1", "because", "3", ""}, "", 2, true}, // While it is measured, or played back.
    };
    for (const Place& place : places) {
        INFO(place.prompt);
        const Folder folder;
        TmuxTerminal terminal({"learn", "1"}, {state_in(folder)});
        REQUIRE(terminal.asks("Press Enter to go on."));
        for (size_t i = 0; i < place.typed.size(); ++i) {
            terminal.type(place.typed[i]);
            const std::vector<std::string> prompts{">", "Why? >", "How sure", press};
            if (i < prompts.size()) REQUIRE(terminal.asks(prompts[i]));
        }
        if (place.prompt.empty())
            REQUIRE(terminal.shows(bar(lesson, 2, "observe")));
        else
            REQUIRE(terminal.asks(place.prompt));
        terminal.key("C-c");
        CHECK(terminal.status() == 130);
        CHECK_THAT(terminal.screen(), ContainsSubstring("go on with: halfopen learn 1"));
        const std::string settings = terminal.settings();
        for (const char* setting : {"icanon", "echo", "isig"}) {
            CHECK_THAT(settings, ContainsSubstring(setting));
            CHECK(settings.find(std::string("-") + setting + " ") == settings.npos);
        }
        CHECK(terminal.cursor_is_visible());
        if (place.step > 0) {
            const HandIn kept = hand_in_of(folder, lesson);
            CHECK(kept.step == place.step);
            CHECK(kept.rounds.front().chosen.has_value() == place.locked);
        }
        TmuxTerminal again({"learn", "1"}, {state_in(folder)});
        if (place.step > 0) REQUIRE(again.shows("You go on where you stopped"));
        const char* name = place.step == 0 ? "scene" : place.step == 1 ? "predict" : "observe";
        CHECK(again.shows(bar(lesson, static_cast<size_t>(place.step), name)));
        if (place.locked && place.step == 1) CHECK(again.shows("Locked: you said"));
    }
}

TEST_CASE("in sixty columns no line of a lesson is broken by the terminal, and without colour there is none") {
    NEEDS_TMUX;
    NEEDS_NAMESPACES;
    const Folder folder;
    const Lesson& lesson = find_lesson("1");
    TmuxTerminal terminal({"learn", "1"}, {state_in(folder), "NO_COLOR=1"}, 60);
    go_through_round(terminal, lesson, 0, true);
    REQUIRE(terminal.shows(bar(lesson, 5, "scene")));
    CHECK(terminal.is_unbroken());
    CHECK_FALSE(terminal.has_colour());
}

TEST_CASE("a heading is bold where colour is wanted") {
    NEEDS_TMUX;
    const Folder folder;
    TmuxTerminal terminal({"learn", "1", "--color", "always"}, {state_in(folder)});
    REQUIRE(terminal.asks("Press Enter to go on."));
    CHECK(terminal.has_colour());
}
