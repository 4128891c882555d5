// Lessons without a terminal: through a pipe, read aloud, recorded, forty at once.

#include <fstream>

#include "harness/linux/command.h"
#include "support/learners.h"
#include "support/namespaces.h"
#include "support/program.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

Ran learn(const Folder& state, std::vector<std::string> words, const std::string& input) {
    words.insert(words.begin(), "learn");
    return run_program(words, {state_in(state), "LC_ALL=C.UTF-8"}, {}, input);
}

/// Each text stands behind the one before it.
void check_order(const std::string& all, const std::vector<std::string>& texts) {
    size_t at = 0;
    for (const std::string& text : texts) {
        INFO(text << "\n--\n" << all);
        const size_t found = all.find(text, at);
        REQUIRE(found != all.npos);
        at = found + text.size();
    }
}

} // namespace

TEST_CASE("a lesson goes from the scene over the locked guess to what was seen, why, one knob and the law, mended") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const Lesson& lesson = find_lesson("1");
    const Ran ran = learn(folder, {"1"}, all_answers(lesson));
    INFO(ran.err);
    CHECK(ran.status == 0);
    check_order(ran.out, {fmt::format("Lesson 1 · {} ({})", lesson.title, lesson.law), "Step 1 of 11: scene.", "Step 2 of 11: predict.", "1) ", "Locked.",
                          "Step 3 of 11: observe.", "Measured in the namespaces lab, kernel ", "the client to the server: ", "fault: ",
                          "the server notices: ", "Step 4 of 11: compare.", "You said: ", "Right.", "Step 5 of 11: explain.", "Step 6 of 11: scene.",
                          "Step 11 of 11: carry over.", "To carry over: ", "The law, mended. ", "Your hand-in: ", "Report and packets: ", "Next: halfopen learn " + find_lesson("2").name});
}

TEST_CASE("read aloud, a lesson is sentences: no cursor is moved, nothing is drawn, and a ladder has its words") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const Ran ran = learn(folder, {"1", "--plain"}, all_answers(find_lesson("1")));
    CHECK(ran.out.find('\033') == ran.out.npos);
    CHECK(ran.out.find('\r') == ran.out.npos);
    CHECK(ran.out.find("|--") == ran.out.npos);
    CHECK_THAT(ran.out, ContainsSubstring("the client to the server: SYN, sequence number 0, no data."));
}

TEST_CASE("hints come one by one, back goes back, skip goes on, and quit keeps the place") {
    const Folder folder;
    const Lesson& lesson = find_lesson("5");
    const Ran ran = learn(folder, {"5"}, "h\nh\nh\nh\n\nb\ns\nnonsense\nq\n");
    CHECK(ran.status == 0);
    check_order(ran.out, {"Hint 1 of 3: ", "Hint 2 of 3: ", "Hint 3 of 3: ", "Hint 3 of 3: ", "Step 2 of 11", "Step 1 of 11", "Step 2 of 11",
                          "A number from 1 to", "Your progress is kept; go on with: halfopen learn 5"});
    CHECK(hand_in_of(folder, lesson).step == 1);
    const Ran again = learn(folder, {"5"}, "");
    CHECK(again.status == 0); // The input ended: so does the lesson, and keeps its place.
    check_order(again.out, {"You go on where you stopped", "Step 2 of 11"});
    CHECK_THAT(run_program({"learn"}, {state_in(folder)}).out, ContainsSubstring("[begun]"));
}

TEST_CASE("whoever begins again keeps what was handed in before") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const Lesson& lesson = find_lesson("1");
    REQUIRE(learn(folder, {"1"}, all_answers(lesson)).status == 0);
    CHECK_THAT(run_program({"learn"}, {state_in(folder)}).out, ContainsSubstring("[done, 2 of 2 right]"));
    REQUIRE(learn(folder, {"1"}, "\nq\n").status == 0);
    CHECK(hand_in_of(folder, lesson).step == 1);
    CHECK(std::distance(fs::directory_iterator(folder.path() / "halfopen/learn/earlier"), {}) == 1);
}

TEST_CASE("every lesson can be seen as a recording, which says that it is one and teaches the same answer") {
    for (const Lesson& lesson : lessons()) {
        const Folder folder;
        const Ran ran = learn(folder, {lesson.name, "--replay"}, all_answers(lesson));
        INFO(ran.out << ran.err);
        CHECK(ran.status == 0);
        CHECK_THAT(ran.out, ContainsSubstring("Recorded before, on the "));
        const HandIn done = hand_in_of(folder, lesson);
        for (size_t i = 0; i < lesson.rounds.size(); ++i) {
            INFO("round " << i + 1);
            CHECK(done.rounds[i].recorded);
            CHECK(done.rounds[i].right == done.rounds[i].chosen);
        }
    }
}

TEST_CASE("where the machine can run neither lab, a lesson shows its recording by itself") {
    NEEDS_NAMESPACES;
    const Folder folder;
    fs::permissions(folder.path(), fs::perms::all);
    std::ofstream(folder.path() / "answers") << all_answers(find_lesson("5"));
    const std::string script = fmt::format("echo 0 > /proc/sys/user/max_user_namespaces && exec {} learn 5 < {}/answers", program(), folder.path().string());
    std::vector<std::string> words{"env", "HALFOPEN_KERNELS=" + folder.path().string() + "/none", state_in(folder), "unshare", "-Ur", "sh", "-c", script};
    if (geteuid() == 0) words.insert(words.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    CHECK_THAT(output_of(words), ContainsSubstring("Recorded before, on the "));
}

TEST_CASE("forty learners on one machine begin lesson 1 at once, and all finish") {
    NEEDS_NAMESPACES;
    constexpr int many = 40;
    std::vector<std::unique_ptr<Folder>> folders;
    std::vector<Process> learners;
    const Lesson& lesson = find_lesson("1");
    for (int i = 0; i < many; ++i) {
        folders.push_back(std::make_unique<Folder>());
        learners.push_back(fork_process([&]() -> int { return learn(*folders.back(), {"1"}, all_answers(lesson, i % 2 == 0)).status; }));
    }
    for (int i = 0; i < many; ++i) {
        INFO("learner " << i);
        CHECK(learners[static_cast<size_t>(i)].wait() == 0);
        const HandIn done = hand_in_of(*folders[static_cast<size_t>(i)], lesson);
        CHECK_FALSE(done.finished.empty());
        for (const DoneRound& round : done.rounds) CHECK((round.chosen == round.right) == (i % 2 == 0));
    }
}

TEST_CASE("a lesson of one's own is taken from its file, and refused with its mistake") {
    const Folder folder;
    const fs::path file = folder.path() / "01-mine.md";
    std::string text = read_text(find_lesson("1").file);
    std::ofstream(file) << text;
    CHECK_THAT(learn(folder, {file.string()}, "q\n").out, ContainsSubstring("Lesson 1 · "));
    std::ofstream(file) << text.replace(text.find("title"), 5, "titel");
    const Ran refused = learn(folder, {file.string()}, "q\n");
    CHECK(refused.status == 2);
    CHECK_THAT(refused.err, ContainsSubstring("01-mine.md"));
    CHECK_THAT(refused.err, ContainsSubstring("unknown key \"titel\""));
}

TEST_CASE("what to type next is the program as it was typed: ./halfopen in a clone") {
    const Folder folder;
    CHECK_THAT(run_program({"learn"}, {state_in(folder), "HALFOPEN_TYPED_AS=./halfopen"}).out, ContainsSubstring("\nNext: ./halfopen learn "));
    CHECK_THAT(run_program({"learn"}, {state_in(folder)}).out, ContainsSubstring("\nNext: halfopen learn "));
}

TEST_CASE("an unknown lesson is refused with the nearest name, and a broken hand-in with its file") {
    const Folder folder;
    check_one_error_line(learn(folder, {"puled-plug"}, ""), "did you mean \"pulled-plug\"?");
    fs::create_directories(folder.path() / "halfopen/learn");
    std::ofstream(folder.path() / "halfopen/learn/05-pulled-plug.json") << "{";
    check_one_error_line(learn(folder, {"5"}, ""), "05-pulled-plug.json: is no JSON");
}

TEST_CASE("a seed gives a learner parameters of their own, and the answer is that of these") {
    const Folder folder;
    const Lesson& lesson = find_lesson("8");
    const Ran ran = learn(folder, {"8", "--seed", "anna"}, "\nq\n");
    CHECK(ran.status == 0);
    const HandIn begun = hand_in_of(folder, lesson);
    CHECK(begun.seed == "anna");
    for (size_t i = 0; i < lesson.rounds.size(); ++i) CHECK(begun.rounds[i].detector == drawn_spec(lesson.rounds[i], "anna"));
}
