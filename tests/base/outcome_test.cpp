// The outcome table, cell by cell.

#include "harness/base/outcome.h"
#include "support/catch.h"

using namespace halfopen;

TEST_CASE("whoever says nothing of a living client is rightly quiet") {
    CHECK(judge(Truth::alive, std::nullopt) == Outcome::quiet);
}

TEST_CASE("whoever speaks of a living client raises a false alarm, whatever the verdict") {
    CHECK(judge(Truth::alive, Verdict::eof) == Outcome::false_alarm);
    CHECK(judge(Truth::alive, Verdict::gone) == Outcome::false_alarm);
}

TEST_CASE("a half-closed client is noticed by its end of file and misread as gone") {
    CHECK(judge(Truth::half_closed, std::nullopt) == Outcome::missed);
    CHECK(judge(Truth::half_closed, Verdict::eof) == Outcome::noticed);
    CHECK(judge(Truth::half_closed, Verdict::gone) == Outcome::misread);
}

TEST_CASE("a client that is stuck, unreachable or gone is missed or noticed") {
    for (const Truth truth : {Truth::stuck, Truth::unreachable, Truth::gone}) {
        CHECK(judge(truth, std::nullopt) == Outcome::missed);
        CHECK(judge(truth, Verdict::eof) == Outcome::noticed);
        CHECK(judge(truth, Verdict::gone) == Outcome::noticed);
    }
}

TEST_CASE("what was said before the fault is a false alarm, whatever came true later") {
    for (const Truth truth : {Truth::alive, Truth::half_closed, Truth::stuck, Truth::unreachable, Truth::gone})
        for (const Verdict verdict : {Verdict::eof, Verdict::gone})
            CHECK(judge(truth, verdict, true) == Outcome::false_alarm);
}

TEST_CASE("every name is read back as what it names") {
    for (const char* word : {"alive", "half-closed", "stuck", "unreachable", "gone"})
        CHECK(name(parse_truth(word).value()) == word);
    for (const char* word : {"quiet", "noticed", "missed", "misread", "false-alarm", "skipped", "invalid"})
        CHECK(name(parse_outcome(word).value()) == word);
    CHECK_FALSE(parse_truth("dead"));
    CHECK_FALSE(parse_outcome("late"));
}
