// The results folder: what is kept, what is cut off, what is refused.

#include <fstream>

#include <sys/resource.h>
#include <csignal>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/trial/schedule.h"
#include "harness/trial/store.h"
#include "support/catch.h"
#include "support/folder.h"

using namespace halfopen;

namespace {

RunLine run_line(const std::string& digest) {
    RunLine line;
    line.halfopen = "0";
    line.plan = "test";
    line.plan_digest = digest;
    line.lab = "namespaces";
    line.kernel = "6.1";
    return line;
}

Source of(const std::string& digest) { return {digest, "namespaces", "6.1"}; }

TrialLine trial_line(int repeat, Outcome outcome) {
    static const Plan plan = [] {
        Selection s;
        s.what = {"silent-drop", "recv"};
        s.repeats = 10;
        return make_plan(s);
    }();
    return not_run(plan.trials.at(static_cast<size_t>(repeat - 1)), outcome, "a test");
}

} // namespace

TEST_CASE("a resumed folder knows what is done, and what was invalid is run again") {
    const testing::Folder folder;
    {
        Store store(folder.path(), of("sha256:a"));
        store.append(run_line("sha256:a"));
        store.append(trial_line(1, Outcome::missed));
        store.append(trial_line(2, Outcome::invalid));
    }
    const Store again(folder.path(), of("sha256:a"));
    CHECK(again.is_resumed());
    CHECK(again.done() == std::set<std::string>{"silent-drop/idle/recv/r1"});
}

TEST_CASE("a line that was torn by a kill is cut off, and the next one stands whole") {
    const testing::Folder folder;
    {
        Store store(folder.path(), of("sha256:a"));
        store.append(run_line("sha256:a"));
        store.append(trial_line(1, Outcome::missed));
    }
    std::ofstream(folder.path() / "trials.jsonl", std::ios::app) << R"({"type":"trial","id":"silent-dr)";
    {
        Store store(folder.path(), of("sha256:a"));
        store.append(trial_line(2, Outcome::missed));
    }
    CHECK(read_records(folder.path().string()).trials.size() == 2);
}

TEST_CASE("the folder of another plan is refused") {
    const testing::Folder folder;
    Store(folder.path(), of("sha256:a")).append(run_line("sha256:a"));
    CHECK_THROWS_WITH(Store(folder.path(), of("sha256:b")), ContainsSubstring("another plan or seed"));
}

TEST_CASE("two runs cannot write into one folder at once") {
    const testing::Folder folder;
    const Store first(folder.path(), of("sha256:a"));
    CHECK_THROWS_WITH(Store(folder.path(), of("sha256:a")), ContainsSubstring("another run is writing"));
}

TEST_CASE("when no more can be written, what was written stays whole and the error says so") {
    const testing::Folder folder;
    Store store(folder.path(), of("sha256:a"));
    store.append(run_line("sha256:a"));
    store.append(trial_line(1, Outcome::missed));
    const auto size = std::filesystem::file_size(store.file());
    // A limit on the size of files stands in for a full disk: the write ends short in the middle of a line.
    signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    const rlimit small{size + 100, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    std::string message;
    try {
        store.append(trial_line(2, Outcome::missed));
    } catch (const SystemError& e) {
        message = e.what();
    }
    setrlimit(RLIMIT_FSIZE, &old);
    CHECK_THAT(message, ContainsSubstring("what was measured before stays"));
    CHECK(std::filesystem::file_size(store.file()) == size);
    CHECK(read_records(folder.path().string()).trials.size() == 1);
}

TEST_CASE("a folder is not resumed in another lab or on another kernel") {
    const testing::Folder folder;
    { Store(folder.path(), of("sha256:a")).append(run_line("sha256:a")); }
    CHECK_THROWS_WITH(Store(folder.path(), Source{"sha256:a", "virtual", "6.1"}),
                      ContainsSubstring("holds the results of the namespaces lab on kernel 6.1, and this would be the "
                                        "virtual lab on kernel 6.1"));
    CHECK_THROWS_AS(Store(folder.path(), Source{"sha256:a", "namespaces", "6.12"}), BadInput);
}
