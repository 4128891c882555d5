// What an instructor types.

#include <fstream>

#include "support/learners.h"
#include "support/namespaces.h"
#include "support/program.h"

using namespace halfopen;
using namespace halfopen::testing;
namespace fs = std::filesystem;

TEST_CASE("class check reads every lesson of a folder, and one with a mistake ends it with status 2") {
    const Ran good = run_program({"class", "check", source_tree() + "/scenarios/lessons"});
    CHECK(good.status == 0);
    CHECK(std::count(good.out.begin(), good.out.end(), '\n') == 12);
    const Folder folder;
    std::string text = read_text(find_lesson("5").file);
    std::ofstream(folder.path() / "01-a.md") << text;
    std::ofstream(folder.path() / "02-b.md") << text.replace(text.find("silent-drop"), 11, "silent-dorp");
    const Ran bad = run_program({"class", "check", folder.path().string()});
    CHECK(bad.status == 2);
    CHECK_THAT(bad.out, ContainsSubstring("01-a.md: ok"));
    CHECK_THAT(bad.out, ContainsSubstring("02-b.md:6:12: there is no scenario \"silent-dorp\"; did you mean \"silent-drop\"?"));
    check_one_error_line(run_program({"class", "check", folder.path().string() + "/none"}), "is no folder");
}

TEST_CASE("work sheets come for a range of lessons, and an assignment for each learner") {
    const Ran sheets = run_program({"class", "sheet", "3-6"});
    CHECK(sheets.status == 0);
    for (const char* head : {"# Lesson 3:", "# Lesson 4:", "# Lesson 5:", "# Lesson 6:"}) CHECK_THAT(sheets.out, ContainsSubstring(head));
    CHECK(sheets.out.find("# Lesson 7:") == sheets.out.npos);
    const Ran assigned = run_program({"class", "assign", "--seed", "anna", "--seed", "bob"});
    CHECK_THAT(assigned.out, ContainsSubstring("| anna | "));
    CHECK_THAT(assigned.out, ContainsSubstring("| bob | "));
    check_one_error_line(run_program({"class", "sheet", "40"}), "there is no lesson \"40\"");
}

TEST_CASE("an answer sheet is measured on this machine, now, and says on which") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const std::string file = (folder.path() / "key.md").string();
    const Ran key = run_program({"class", "key", "1", "-o", file, "--records", (folder.path() / "records").string()});
    INFO(key.err);
    REQUIRE(key.status == 0);
    const std::string text = read_text(file);
    for (const char* words : {"Measured on ", "kernel ", "Digest of the plans: sha256:", "# Lesson 1:", "- [x] ", "Seen in the namespaces lab", "```text\n", "fault: "})
        CHECK_THAT(text, ContainsSubstring(words));
    CHECK(fs::exists(folder.path() / "records"));
}

TEST_CASE("hand-ins are collected to a picture and a table, and what is wrong with one is one line") {
    const Folder state, folder;
    const Lesson& lesson = find_lesson("5");
    REQUIRE(run_program({"learn", "5", "--replay"}, {state_in(state)}, {}, all_answers(lesson, false)).status == 0);
    const fs::path file = state.path() / "halfopen/learn/05-pulled-plug.json";
    fs::copy_file(file, folder.path() / "anna.json");
    fs::copy_file(file, folder.path() / "again.json");
    std::ofstream(folder.path() / "torn.json") << "{\"type\"";
    const Ran ran = run_program({"class", "collect", folder.path().string(), "--csv", (folder.path() / "class.csv").string()});
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, ContainsSubstring("torn.json: is no JSON"));
    CHECK_THAT(ran.err, ContainsSubstring("lesson 5 is handed in twice"));
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 2);
    CHECK_THAT(ran.out, ContainsSubstring("<- seen"));
    CHECK_THAT(ran.out, ContainsSubstring("0 of 1 were right."));
    CHECK_THAT(read_text(folder.path() / "class.csv"), ContainsSubstring("pulled-plug,5,1,silent-drop"));
}

TEST_CASE("doctor --class is one line about this machine") {
    const Ran ran = run_program({"doctor", "--class"});
    CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 1);
    CHECK_THAT(ran.out, ContainsSubstring("halfopen "));
}
