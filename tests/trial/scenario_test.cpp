// Scenario files: what is read, and what is refused with which words.

#include <set>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/trial/scenario.h"
#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

const std::string good = R"(name = "x"
label = "x"
group = "says nothing"
summary = "A sentence."
truth = "unreachable"
traffic = ["idle", "sending"]

[[fault]]
do = "drop"
)";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

/// The message that a bad file gets.
std::string complaint(const std::string& text) {
    try {
        parse_scenario(text, "x.toml");
    } catch (const BadInput& e) {
        return e.what();
    }
    return "nothing was wrong";
}

} // namespace

TEST_CASE("a scenario file says what breaks and what is true afterwards") {
    const Scenario s = parse_scenario(good, "x.toml");
    CHECK(s.truth == Truth::unreachable);
    CHECK(s.traffic == std::vector{Traffic::idle, Traffic::sending});
    REQUIRE(s.faults.size() == 1);
    CHECK(s.effect() == Effect::silence);
    CHECK(s.path() == Passage::silent);
}

TEST_CASE("a value of the wrong type is named with line and column") {
    CHECK_THAT(complaint(replaced(good, "\"unreachable\"", "5")), ContainsSubstring("x.toml:5:9: \"truth\" must be a text"));
}

TEST_CASE("an unknown key is named with the nearest known one") {
    CHECK_THAT(complaint(replaced(good, "truth =", "thruth =")), ContainsSubstring("did you mean \"truth\"?"));
    CHECK_THAT(complaint(replaced(good, "truth =", "thruth =")), ContainsSubstring("x.toml:5:"));
}

TEST_CASE("two truths are refused with their place") {
    CHECK_THAT(complaint(replaced(good, "truth =", "truth = \"gone\"\ntruth =")), ContainsSubstring("x.toml:6:"));
}

TEST_CASE("a scenario in which nothing happens must say so") {
    CHECK_THAT(complaint(good.substr(0, good.find("[[fault]]"))), ContainsSubstring("add [[fault]]"));
}

TEST_CASE("an unknown fault, truth, profile or group is refused with the ones that exist") {
    CHECK_THAT(complaint(replaced(good, "\"drop\"", "\"drpo\"")), ContainsSubstring("did you mean \"drop\"?"));
    CHECK_THAT(complaint(replaced(good, "\"unreachable\"", "\"dead\"")), ContainsSubstring("alive, half-closed, stuck"));
    CHECK_THAT(complaint(replaced(good, "\"sending\"", "\"sendin\"")), ContainsSubstring("request-response"));
    CHECK_THAT(complaint(replaced(good, "says nothing", "is silent")), ContainsSubstring("says goodbye"));
}

TEST_CASE("a label that is too long for a column is refused") {
    CHECK_THAT(complaint(replaced(good, "label = \"x\"", "label = \"much too long\"")), ContainsSubstring("8 characters"));
}

TEST_CASE("a storm says how often, and nothing else does") {
    CHECK(parse_scenario(replaced(good, "\"drop\"", "\"signal-storm\"\nevery = \"10ms\""), "x.toml").signal_interval == 10ms);
    CHECK_THAT(complaint(replaced(good, "\"drop\"", "\"signal-storm\"\nevery = \"10\"")), ContainsSubstring("from 1ms to 999ms"));
    CHECK_THAT(complaint(replaced(good, "\"drop\"", "\"drop\"\nevery = \"10ms\"")), ContainsSubstring("x.toml:10:9: unknown key \"every\"; known here: do, for, for_without_limit"));
}

TEST_CASE("every scenario of the catalogue has its page, a label of its own, and a headline profile") {
    std::set<std::string> labels;
    for (const Scenario& s : scenarios()) {
        INFO(s.name);
        CHECK(labels.insert(s.label).second);
        CHECK(s.summary.back() == '.');
        CHECK(s.traffic.front() == Traffic::idle);
        const std::string page = read_text(data_folder() / "scenarios" / (s.name + ".md"));
        CHECK(page.starts_with("# " + s.name + "\n"));
        for (const char* heading : {"## The story", "## Drawing", "## What each end still believes", "## Who should notice",
                                    "## By hand"})
            CHECK_THAT(page, ContainsSubstring(heading));
    }
}

TEST_CASE("every scenario file in the folder is in the catalogue") {
    const auto names = scenario_names();
    for (const auto& entry : std::filesystem::directory_iterator(data_folder() / "scenarios"))
        if (entry.path().extension() == ".toml" && entry.path().stem() != "catalogue")
            CHECK(std::count(names.begin(), names.end(), entry.path().stem()) == 1);
}

TEST_CASE("every fault says what a person would type") {
    for (const FaultKind* kind : fault_kinds()) {
        INFO(kind->about.name);
        CHECK_FALSE(kind->make(kind->about, {})->by_hand().lines.empty());
    }
}
