// What a learner hands in, and what an instructor makes of many.

#include <fstream>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/learn/collect.h"
#include "support/catch.h"
#include "support/folder.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

HandIn hand_in(const std::string& who, int chosen, const std::string& reason = "because") {
    DoneRound round;
    round.scenario = "silent-drop";
    round.traffic = "idle";
    round.detector = "recv";
    round.question = "When will recv() return?";
    round.answers = {"at once", "not at all"};
    round.chosen = chosen;
    round.reason = reason;
    round.sure = 2;
    round.where = "virtual lab, kernel 6.1";
    round.noticed_after = {std::nullopt, 77s};
    round.horizon = 80s;
    round.predicted = "not in the 80.0 s watched";
    round.right = 1;
    HandIn h;
    h.halfopen = "0.1.0";
    h.lesson = "pulled-plug";
    h.number = 5;
    h.title = "The plug is pulled";
    h.seed = who;
    h.started = "2026-11-26T08:00:00Z";
    h.finished = "2026-11-26T08:10:00Z";
    h.step = 11;
    h.rounds = {round};
    return h;
}

void write(const Folder& folder, const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder.path() / name).parent_path());
    std::ofstream(folder.path() / name) << text;
}

std::string changed(std::string text, const std::string& old, const std::string& by) {
    const size_t at = text.find(old);
    REQUIRE(at != text.npos);
    return text.replace(at, old.size(), by);
}

} // namespace

TEST_CASE("a hand-in is read as it was written") {
    const HandIn h = hand_in("anna", 0);
    CHECK(parse_hand_in(to_json(h), "a.json") == h);
}

TEST_CASE("a bad hand-in gets one line that names the file and the mistake") {
    const std::string good = to_json(hand_in("anna", 0));
    const auto check = [](const std::string& text, const std::string& words) {
        try {
            parse_hand_in(text, "a.json");
            FAIL("it was read");
        } catch (const BadInput& e) {
            CHECK_THAT(e.what(), ContainsSubstring("a.json: "));
            CHECK_THAT(e.what(), ContainsSubstring(words));
            CHECK(std::string(e.what()).find('\n') == std::string::npos);
        }
    };
    check("{\"type\": ", "is no JSON");
    check("[1, 2]", "is no hand-in");
    check("{\"type\": \"trial\"}", "is no hand-in");
    check(changed(good, "\"version\": 1", "\"version\": 7"), "is of version 7, and this halfopen reads 1");
    check(changed(good, "\"lesson\": \"pulled-plug\",", ""), "has no \"lesson\"");
    check(changed(good, "\"chosen\": 0", "\"chosen\": 2"), "\"chosen\" is 2, and there are 2 answers");
    check(changed(good, "\"sure\": 2", "\"sure\": 9"), "goes from 1 to 3");
    check(changed(good, "77000000000", "\"soon\""), "no time");
}

TEST_CASE("a class is counted answer by answer, with the one that was seen") {
    const Folder folder;
    write(folder, "anna.json", to_json(hand_in("anna", 0)));
    write(folder, "group/bob.json", to_json(hand_in("bob", 0)));
    write(folder, "carl.json", to_json(hand_in("carl", 1)));
    const Collected all = collect(folder.path());
    CHECK(all.problems.empty());
    REQUIRE(all.hand_ins.size() == 3);
    const std::string picture = class_histogram(all);
    CHECK_THAT(picture, ContainsSubstring("Lesson 5, The plug is pulled\nWhen will recv() return?\n"));
    CHECK_THAT(picture, ContainsSubstring("  at once     ##                     2\n"));
    CHECK_THAT(picture, ContainsSubstring("  not at all  #                      1  <- seen\n"));
    CHECK_THAT(picture, ContainsSubstring("1 of 3 were right."));
}

TEST_CASE("bad JSON and another version hide no other hand-in") {
    const Folder folder;
    write(folder, "a.json", to_json(hand_in("anna", 0)));
    write(folder, "b.json", "{");
    write(folder, "c.json", changed(to_json(hand_in("carl", 0)), "\"version\": 1", "\"version\": 2"));
    const Collected all = collect(folder.path());
    CHECK(all.hand_ins.size() == 1);
    REQUIRE(all.problems.size() == 2);
    CHECK_THAT(all.problems.at(0), ContainsSubstring("b.json: is no JSON"));
    CHECK_THAT(all.problems.at(1), ContainsSubstring("c.json: is of version 2"));
}

TEST_CASE("of two hand-ins of one learner the one that was finished later counts, and both are named") {
    const Folder folder;
    HandIn later = hand_in("anna", 1);
    later.finished = "2026-11-26T09:00:00Z";
    write(folder, "a.json", to_json(later));
    write(folder, "b.json", to_json(hand_in("anna", 0)));
    write(folder, "c.json", to_json(hand_in("bob", 0)));
    const Collected all = collect(folder.path());
    REQUIRE(all.hand_ins.size() == 2);
    CHECK(all.problems == std::vector<std::string>{"b.json: lesson 5 is handed in twice; a.json counts"});
    CHECK(all.hand_ins.at(0).hand_in.rounds.at(0).chosen == 1);
}

TEST_CASE("where nobody has a seed, the folder tells who handed in, and the same bytes count once") {
    const Folder folder;
    write(folder, "anna/05.json", to_json(hand_in("", 0)));
    write(folder, "bob/05.json", to_json(hand_in("", 0)));
    CHECK(collect(folder.path()).hand_ins.size() == 2);
    const Folder flat;
    write(flat, "anna.json", to_json(hand_in("", 0)));
    write(flat, "copy.json", to_json(hand_in("", 0)));
    CHECK(collect(flat.path()).hand_ins.size() == 1);
    CHECK(collect(flat.path()).problems.size() == 1);
}

TEST_CASE("a table holds a line for each round, and nothing that a learner typed begins a formula") {
    const Folder folder;
    write(folder, "a.json", to_json(hand_in("anna", 0, "=HYPERLINK(\"x\"), or\nnot")));
    const std::string table = class_csv(collect(folder.path()));
    CHECK_THAT(table, ContainsSubstring("file,who,lesson,number,round,"));
    CHECK_THAT(table, ContainsSubstring("a.json,anna,pulled-plug,5,1,silent-drop,idle,recv,at once,not at all,no,2,\"'=HYPERLINK(\"\"x\"\"), or not\","));
    CHECK(std::count(table.begin(), table.end(), '\n') == 2);
}

TEST_CASE("a folder without hand-ins is refused") {
    const Folder folder;
    CHECK_THROWS_WITH(collect(folder.path()), ContainsSubstring("holds no hand-in"));
    CHECK_THROWS_WITH(collect(folder.path() / "none"), ContainsSubstring("is no folder"));
}

TEST_CASE("a hand-in is kept in one piece, in a folder that is made for it") {
    const Folder folder;
    const auto file = folder.path() / "deep/er/05-pulled-plug.json";
    keep(hand_in("anna", 0), file);
    keep(hand_in("anna", 1), file);
    CHECK(parse_hand_in(read_text(file), "x").rounds.at(0).chosen == 1);
    CHECK_FALSE(std::filesystem::exists(file.string() + ".new"));
}
