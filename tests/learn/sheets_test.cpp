// What an instructor prints.

#include "harness/learn/hand_in.h"
#include "harness/learn/sheets.h"
#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

TEST_CASE("a work sheet asks every question of its lesson and gives no answer away") {
    for (const Lesson& lesson : lessons()) {
        const std::string sheet = work_sheet(lesson, "");
        INFO(sheet);
        for (const Round& round : lesson.rounds) {
            for (const Answer& answer : round.choices)
                if (!answer.belief.empty()) CHECK(sheet.find(answer.belief) == sheet.npos);
            CHECK(sheet.find(round.explained.substr(0, 40)) == sheet.npos);
        }
        CHECK(sheet.find(lesson.law_mended) == sheet.npos);
        CHECK(sheet.find('{') == sheet.npos);
        CHECK(sheet.find("[x]") == sheet.npos);
    }
}

TEST_CASE("an answer sheet marks the answer that the run showed, with its times, the rule and the packets") {
    const Lesson& lesson = find_lesson("keepalive");
    std::vector<KeyRound> keys(lesson.rounds.size());
    for (size_t i = 0; i < keys.size(); ++i) {
        TrialLine trial;
        trial.scenario = lesson.rounds[i].scenario;
        trial.horizon = lesson.rounds[i].horizon;
        const Plan plan = plan_of(lesson.rounds[i], lesson.rounds[i].detector, 1);
        trial.noticed_after = plan.trials.front().planned->after.to - 1ms;
        trial.signal = plan.trials.front().planned->signal;
        keys[i] = {lesson.rounds[i].detector, {{trial}, "virtual lab, kernel 6.1", "", false, {}}};
    }
    const std::string sheet = answer_sheet(lesson, keys);
    CHECK_THAT(sheet, ContainsSubstring("- [x] within 3 h"));
    CHECK_THAT(sheet, ContainsSubstring("virtual lab, kernel 6.1"));
    CHECK_THAT(sheet, ContainsSubstring("(1 of 1: 77.8 s)"));
    CHECK_THAT(sheet, ContainsSubstring("then a probe every"));
    CHECK(sheet.find('{') == sheet.npos);
}

TEST_CASE("an assignment names who gets what and the command that gives it") {
    const Lesson& lesson = find_lesson("keepalive");
    const std::string table = assignment({lesson}, {"anna"});
    for (const Round& round : lesson.rounds)
        if (!round.vary.empty()) CHECK_THAT(table, ContainsSubstring(drawn_spec(round, "anna")));
    CHECK_THAT(table, ContainsSubstring("halfopen learn keepalive --seed 'anna'"));
}
