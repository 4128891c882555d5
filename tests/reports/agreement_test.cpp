#include "reports/agreement.h"

#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

TrialLine predicted(const std::string& kind, std::optional<Window> window, std::optional<Duration> spoke) {
    TrialLine trial;
    trial.truth = Truth::unreachable;
    trial.horizon = 80s;
    trial.predicted.kind = kind;
    trial.predicted.after = window;
    trial.predicted.outcome = window && window->from <= 80s ? Outcome::noticed : Outcome::missed;
    if (spoke) {
        trial.verdict = Verdict::gone;
        trial.noticed_after = spoke;
    }
    trial.outcome = judge(trial.truth, trial.verdict);
    return trial;
}

Agreement within(Window window, std::optional<Duration> spoke) {
    return compare(predicted("window", window, spoke));
}

} // namespace

TEST_CASE("a verdict inside its window agrees, and 20 ms are allowed for scheduling") {
    CHECK(within({75s, 77s}, 75s) == Agreement::timed);
    CHECK(within({75s, 77s}, 77s + 20ms) == Agreement::timed);
    CHECK(within({75s, 77s}, 77s + 20ms + 1ns) == Agreement::outside);
    CHECK(within({75s, 77s}, 75s - 1ns) == Agreement::outside);
}

TEST_CASE("a window that ends within 10 ms is counted apart") {
    CHECK(within({0s, 10ms}, 90us) == Agreement::prompt);
    CHECK(within({0s, 11ms}, 90us) == Agreement::timed);
    CHECK(within({0s, 10ms}, 31ms) == Agreement::outside);
}

TEST_CASE("silence is judged by what was due") {
    CHECK(within({75s, 77s}, std::nullopt) == Agreement::outside);
    CHECK(within({75s, 81s}, std::nullopt) == Agreement::open);
    CHECK(within({938s, 940s}, std::nullopt) == Agreement::beyond);
    CHECK(within({938s, 940s}, 40s) == Agreement::outside);
    CHECK(compare(predicted("never", {}, std::nullopt)) == Agreement::silent);
    CHECK(compare(predicted("never", {}, 5s)) == Agreement::outside);
    CHECK(compare(predicted("unknown", {}, 5s)) == Agreement::unpredicted);
    CHECK(compare(predicted("unknown", {}, std::nullopt)) == Agreement::unpredicted);
}

TEST_CASE("the right moment with the wrong verdict is outside") {
    TrialLine trial = predicted("window", Window{0s, 2ms}, 1ms);
    trial.truth = Truth::half_closed;
    trial.outcome = Outcome::misread;
    CHECK(compare(trial) == Agreement::outside);
}

TEST_CASE("what was said before the fault can be as predicted") {
    TrialLine trial = predicted("window", Window{-2s, -1s}, -1500ms);
    trial.outcome = trial.predicted.outcome = Outcome::false_alarm;
    CHECK(compare(trial) == Agreement::prompt);
}

TEST_CASE("trials without an answer are not compared") {
    TrialLine trial = predicted("never", {}, std::nullopt);
    trial.outcome = Outcome::invalid;
    CHECK(compare(trial) == Agreement::uncounted);
    trial.outcome = Outcome::skipped;
    CHECK(compare(trial) == Agreement::uncounted);
}
