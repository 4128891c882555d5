// Scenario files: what is read, and what is refused with which words.

#include <algorithm>
#include <set>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/trial/plan.h"
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

TEST_CASE("a link with a delay says so before anything breaks, and needs netem") {
    const std::string far = replaced(good, "[[fault]]", "[link]\ndelay = \"25ms\"\n\n[[fault]]");
    const Scenario s = parse_scenario(far, "x.toml");
    CHECK(s.one_way == 25ms);
    CHECK(s.slowest_way() == 25ms);
    CHECK(s.needs() == std::vector<std::string_view>{"nf_tables", "sch_netem"});
    CHECK(parse_scenario(good, "x.toml").needs() == std::vector<std::string_view>{"nf_tables"});
    CHECK_THAT(complaint(replaced(far, "25ms", "1s")), ContainsSubstring("from 1ms to 400ms"));
    CHECK_THAT(complaint(replaced(far, "\"25ms\"", "25")), ContainsSubstring("\"delay\" must be a text"));
    CHECK_THAT(complaint(replaced(far, "delay", "dealy")), ContainsSubstring("did you mean \"delay\"?"));
    CHECK_THAT(complaint(replaced(good, "[[fault]]", "[link]\n\n[[fault]]")), ContainsSubstring("\"delay\" is missing"));
}

TEST_CASE("a scenario before or after the connection says its stage, and methods without a descriptor are skipped by name") {
    CHECK(parse_scenario(good, "x.toml").stage == Stage::established);
    const Scenario orphan = parse_scenario(replaced(good, "truth =", "stage = \"orphan\"\ntruth ="), "x.toml");
    CHECK(orphan.stage == Stage::orphan);
    CHECK_THAT(complaint(replaced(good, "truth =", "stage = \"dead\"\ntruth =")),
               ContainsSubstring("there is no stage \"dead\"; one of: established, syn-received"));
    CHECK(why_skipped(orphan, Traffic::idle, *make_detector("recv")) == "no descriptor after close()");
    CHECK(why_skipped(orphan, Traffic::idle, *make_detector("sock-diag")).empty());
    CHECK(why_skipped(parse_scenario(good, "x.toml"), Traffic::idle, *make_detector("recv")).empty());
}

TEST_CASE("a fault takes the keys that its kind declares, all of them") {
    const std::string uneven = replaced(good, "\"drop\"", "\"jitter\"\ndelay = \"100ms\"\njitter = \"80ms\"");
    const Scenario s = parse_scenario(uneven, "x.toml");
    CHECK(s.faults.front().settings.impairment == Impairment{.delay = 100ms, .jitter = 80ms});
    CHECK(s.slowest_way() == 180ms);
    CHECK(s.effect() == Effect::slow);
    CHECK_THAT(complaint(replaced(uneven, "jitter = \"80ms\"\n", "")), ContainsSubstring("the key \"jitter\" is missing"));
    CHECK_THAT(complaint(replaced(uneven, "\"80ms\"", "\"180ms\"")), ContainsSubstring("must not exceed \"delay\""));
    CHECK_THAT(complaint(replaced(uneven, "jitter =", "jiter =")), ContainsSubstring("did you mean \"jitter\"?"));
    const std::string damaging = replaced(good, "\"drop\"", "\"corrupt\"\ncorrupt_percent = 20");
    CHECK(parse_scenario(damaging, "x.toml").effect() == Effect::lossy);
    CHECK(parse_scenario(damaging, "x.toml").loss_percent() == 20); // A flipped bit loses the packet.
    const std::string doubling = replaced(good, "\"drop\"", "\"duplicate\"\nduplicate_percent = 20");
    CHECK(parse_scenario(doubling, "x.toml").effect() == Effect::nothing);
    CHECK(parse_scenario(doubling, "x.toml").loss_percent() == 0);
    const std::string losing = replaced(good, "\"drop\"", "\"lose\"\nloss_percent = 30");
    CHECK(parse_scenario(losing, "x.toml").loss_percent() == 30);
    CHECK_THAT(complaint(replaced(losing, "30", "100")), ContainsSubstring("from 1 to 99"));
    CHECK_THAT(complaint(replaced(losing, "30", "\"30%\"")), ContainsSubstring("whole number"));
}

TEST_CASE("the order of two faults decides what the server meets") {
    const std::string goodbye = replaced(good, "\"drop\"", "\"drop-to-client\"\n\n[[fault]]\ndo = \"kill\"");
    CHECK(parse_scenario(goodbye, "x.toml").effect() == Effect::fin_then_silence);
    CHECK(parse_scenario(goodbye, "x.toml").path() == Passage::to_server);
    Situation told;
    parse_scenario(goodbye, "x.toml").tell(told);
    CHECK(!told.client_is_heard); // After its goodbye there is nothing to be heard.
    CHECK(parse_scenario(good + "\n[[fault]]\ndo = \"kill\"\n", "x.toml").effect() == Effect::silence);
}

TEST_CASE("a link has a proxy or a delay, and says which of its client's parts go on") {
    const std::string proxied = replaced(good, "[[fault]]", "[link]\nproxy = true\n\n[[fault]]");
    CHECK(parse_scenario(proxied, "x.toml").proxied);
    CHECK_THAT(complaint(replaced(proxied, "true", "1")), ContainsSubstring("must be true or false"));
    CHECK_THAT(complaint(replaced(proxied, "proxy =", "delay = \"25ms\"\nproxy =")), ContainsSubstring("either a \"delay\" or a \"proxy\""));
    Situation told;
    parse_scenario(replaced(good, "\"drop\"", "\"hang-worker\""), "x.toml").tell(told);
    CHECK(told.goes_on == GoesOn::threads);
    parse_scenario(replaced(good, "\"drop\"", "\"read-slowly\"\nbytes_per_second = 100"), "x.toml").tell(told);
    CHECK(told.reads_per_second == 100);
    parse_scenario(replaced(good, "\"drop\"", "\"starve\"\npause = \"250ms\"\nmoment = \"20ms\""), "x.toml").tell(told);
    CHECK(told.pauses == 250ms);
    CHECK_THAT(complaint(replaced(good, "\"drop\"", "\"read-slowly\"\nbytes_per_second = 10")), ContainsSubstring("from 80 to 1000000"));
}

TEST_CASE("a fault heals after a time, or after a part of the detector's own limit") {
    const Scenario plain = parse_scenario(replaced(good, "\"drop\"", "\"drop\"\nfor = \"5s\""), "x.toml");
    CHECK(plain.heals_after(10s) == 5s);
    CHECK(plain.heals_after(0s) == 5s);
    const std::string half =
        replaced(good, "\"drop\"", "\"drop\"\nfor = \"0.5 limit\"\nfor_without_limit = \"7s\"");
    CHECK(parse_scenario(half, "x.toml").heals_after(75s) == 37500ms);
    CHECK(parse_scenario(half, "x.toml").heals_after(0s) == 7s);
    CHECK_FALSE(parse_scenario(good, "x.toml").heals_after(75s));
    CHECK_THAT(complaint(replaced(half, "0.5 limit", "half limit")), ContainsSubstring("x.toml:10:7: \"for\" must be"));
    CHECK_THAT(complaint(replaced(half, "0.5 limit", "0 limit")), ContainsSubstring("\"0.5 limit\""));
    CHECK_THAT(complaint(replaced(half, "\"0.5 limit\"", "\"5s\"")), ContainsSubstring("\"for_without_limit\" takes the place"));
    CHECK_THAT(complaint(replaced(half, "for_without_limit = \"7s\"\n", "")), ContainsSubstring("\"for_without_limit\" is missing"));
    CHECK_THAT(complaint(replaced(good, "\"drop\"", "\"kill\"\nfor = \"5s\"")), ContainsSubstring("unknown key \"for\""));
    CHECK_THAT(complaint(replaced(half, "[[fault]]", "[[fault]]\ndo = \"drop\"\nfor = \"1s\"\n\n[[fault]]")),
               ContainsSubstring("one fault of a scenario can heal"));
}

TEST_CASE("every scenario of the catalogue has its page, a label of its own, and a headline profile") {
    std::set<std::string> labels;
    for (const Scenario& s : scenarios()) {
        INFO(s.name);
        CHECK(labels.insert(s.label).second);
        CHECK(s.summary.back() == '.');
        // An idle link is what people ask about first, wherever it makes sense; but how a client reads shows only in what
        // it is sent.
        const bool about_reading = s.name == "not-reading" || s.name == "slow-reader";
        const bool can_be_idle = std::count(s.traffic.begin(), s.traffic.end(), Traffic::idle) > 0;
        CHECK(s.traffic.front() == (can_be_idle && !about_reading ? Traffic::idle : Traffic::buffer_full));
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
        if (entry.path().extension() == ".toml" && entry.path().stem() != "catalogue" && entry.path().stem() != "planned")
            CHECK(std::count(names.begin(), names.end(), entry.path().stem()) == 1);
}

TEST_CASE("every fault says what a person would type") {
    for (const FaultKind* kind : fault_kinds()) {
        INFO(kind->about.name);
        CHECK_FALSE(kind->make(kind->about, {})->by_hand().lines.empty());
    }
}
