// What a run says of its cells, and when.

#include "reports/cell_news.h"

#include <algorithm>

#include "reports/sentence.h"
#include "support/catch.h"

#include "tests/reports/golden.h"

using namespace halfopen;

namespace {

/// A cell of several trials, told as a run tells them.
struct Told {
    Records all = golden::records("one_cell"), so_far = all;
    CellNews news;

    Told() {
        std::vector<std::string> ids;
        for (const TrialLine& trial : all.trials) ids.push_back(trial.id);
        news = CellNews(ids);
        so_far.trials.clear();
        news.begin(so_far);
    }

    std::string tell(const TrialLine& trial) {
        std::erase_if(so_far.trials, [&](const TrialLine& old) { return old.id == trial.id; });
        so_far.trials.push_back(trial);
        return news.after(trial, so_far);
    }

    /// The sentence after the last one; nothing before it.
    std::string tell_all() {
        for (size_t i = 0; i + 1 < all.trials.size(); ++i) CHECK(tell(all.trials[i]).empty());
        return tell(all.trials.back());
    }

    std::string sentence() const {
        const TrialLine& t = all.trials.front();
        return cell_sentence(so_far, t.scenario, t.traffic, t.spec);
    }
};

TrialLine spoilt(TrialLine trial) {
    trial.outcome = Outcome::invalid;
    trial.why = "noisy: a test says so";
    trial.verdict.reset();
    trial.noticed_after.reset();
    return trial;
}

TrialLine second_attempt(TrialLine trial) {
    trial.attempt = 2;
    return trial;
}

} // namespace

TEST_CASE("a cell is said once, when the last of its trials is over") {
    Told told;
    REQUIRE(told.all.trials.size() > 1);
    const std::string said = told.tell_all();
    CHECK(said == told.sentence());
}

TEST_CASE("a spare's answer that leaves a cell as it was is not said, and one that changes it is") {
    Told told;
    told.tell_all();
    CHECK(told.tell(second_attempt(told.all.trials.front())).empty());
    Told with_spoilt;
    with_spoilt.all.trials.front() = spoilt(with_spoilt.all.trials.front());
    CHECK(with_spoilt.tell_all().ends_with("1 invalid."));
    const std::string said = with_spoilt.tell(second_attempt(told.all.trials.front()));
    CHECK(said == "After another attempt: " + with_spoilt.sentence());
}

TEST_CASE("a spare does not take the place of a trial that is still to come") {
    Told told;
    const auto& trials = told.all.trials;
    REQUIRE(trials.size() > 2);
    CHECK(told.tell(spoilt(trials[0])).empty());
    for (size_t i = 1; i + 1 < trials.size(); ++i) CHECK(told.tell(trials[i]).empty());
    CHECK(told.tell(second_attempt(trials[0])).empty());
    const std::string said = told.tell(trials.back());
    CHECK(said == told.sentence());
}

TEST_CASE("of a run that goes on, cells are said in which a trial was missing or invalid") {
    Told told;
    told.so_far = told.all;
    told.so_far.trials.front() = spoilt(told.all.trials.front());
    told.so_far.trials.pop_back();
    told.news.begin(told.so_far);
    told.news.begin(told.so_far); // Once for what is there, and once when the lab is ready.
    CHECK(told.tell(told.all.trials.front()).empty());
    const std::string said = told.tell(told.all.trials.back());
    CHECK(said == told.sentence());
}
