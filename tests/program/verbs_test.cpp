// The verbs, as their first users meet them.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "harness/trial/record.h"
#include "support/catch.h"
#include "support/namespaces.h"
#include "support/folder.h"
#include "support/program.h"
#include "support/schema.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace {

/// Every entry that exists has a page in its folder.
long pages(const std::string& folder) {
    const std::filesystem::directory_iterator all(source_tree() + folder);
    return std::count_if(begin(all), end(all), [](const auto& file) {
        return file.path().extension() == ".md" && file.path().stem() != "laws";
    });
}

long existing(const nlohmann::json& list) {
    return std::count_if(list.begin(), list.end(), [](const auto& entry) { return entry.at("planned") == false; });
}

} // namespace

TEST_CASE("the catalogues are listed for people and for programs") {
    CHECK_THAT(run_program({"list", "scenarios"}).out, ContainsSubstring("silent-drop"));
    CHECK_THAT(run_program({"list", "detectors", "SO_KEEPALIVE"}).out, !ContainsSubstring("heartbeat"));
    const auto detectors = nlohmann::json::parse(run_program({"list", "detectors", "--json"}).out);
    CHECK(existing(detectors) == pages("/detectors"));
    for (const auto& d : detectors)
        for (const char* key : {"name", "label", "summary", "law", "form", "folklore", "needs", "settings", "planned"})
            CHECK(d.contains(key));
    const auto scenarios = nlohmann::json::parse(run_program({"list", "scenarios", "--json"}).out);
    CHECK(existing(scenarios) == pages("/scenarios"));
    for (const auto& s : scenarios)
        for (const char* key : {"name", "label", "summary", "truth", "traffic", "needs", "planned"}) CHECK(s.contains(key));
    CHECK(nlohmann::json::parse(run_program({"list", "traffic", "--json"}).out).size() == 7);
    CHECK(nlohmann::json::parse(run_program({"list", "plans", "--json"}).out).size() >= 1);
}

TEST_CASE("what is planned is listed as such, and no name is in both lists") {
    for (const char* kind : {"scenarios", "detectors"}) {
        const auto list = nlohmann::json::parse(run_program({"list", kind, "--json"}).out);
        CHECK(existing(list) < static_cast<long>(list.size()));
        std::set<std::string> names;
        for (const auto& entry : list) {
            INFO(entry.at("name"));
            CHECK(names.insert(entry.at("name")).second);
            if (entry.at("planned") == true) CHECK(entry.at("instead").get<std::string>() != "");
        }
    }
    CHECK_THAT(run_program({"list", "scenarios"}).out, ContainsSubstring("(planned) The server calls connect()"));
}

TEST_CASE("pages and laws are explained by name, and a cell by two names in either order") {
    CHECK_THAT(run_program({"explain", "silent-drop"}).out, ContainsSubstring("# silent-drop"));
    CHECK_THAT(run_program({"explain", "keepalive+user-timeout"}).out, ContainsSubstring("TCP_USER_TIMEOUT"));
    CHECK_THAT(run_program({"explain", "law-4"}).out, ContainsSubstring("Law 4"));
    const Ran cell = run_program({"explain", "silent-drop", "keepalive"});
    CHECK_THAT(cell.out, ContainsSubstring("ETIMEDOUT"));
    CHECK(run_program({"explain", "keepalive", "silent-drop"}).out == cell.out);
}

TEST_CASE("of what each end believes, a cell's explanation says what is so in this cell") {
    const auto explained = [](const std::string& method, const std::string& traffic) {
        return run_program({"explain", "silent-drop", method, "-t", traffic}).out;
    };
    const std::string bare = explained("recv", "idle"), kept = explained("keepalive", "idle"), written = explained("keepalive", "one-write");
    CHECK_THAT(bare, ContainsSubstring("  server, idle: "));
    CHECK_THAT(kept, ContainsSubstring("  server, keepalive on: "));
    CHECK_THAT(written, ContainsSubstring("  server, has written: "));
    for (const std::string& text : {bare, kept, written}) {
        CHECK_THAT(text, ContainsSubstring("  client: "));
        const size_t server = text.find("\n  server, ");
        CHECK(text.find("\n  server, ", server + 1) == text.npos);
    }
}

TEST_CASE("a prediction names the window and the rule, and runs nothing") {
    const Ran ran = run_program({"predict", "silent-drop", "keepalive", "--traffic", "one-write"});
    CHECK(ran.status == 0);
    CHECK_THAT(ran.out, ContainsSubstring("15 min 3"));
}

TEST_CASE("a dry run shows the plan and writes nothing") {
    const Ran ran = run_program({"run", "--dry-run"});
    CHECK(ran.status == 0);
    CHECK_THAT(ran.out, ContainsSubstring("bounded by"));
    CHECK_THAT(ran.out, ContainsSubstring("silent-drop/idle/recv/r1"));
}

TEST_CASE("the report of several runs sets them side by side, and names the one that cannot be read") {
    const std::string golden = source_tree() + "/tests/golden/";
    const Ran ran = run_program({"report", golden + "virtual_6_1.jsonl", golden + "virtual_6_12.jsonl"});
    CHECK(ran.status == 0);
    CHECK_THAT(ran.out, ContainsSubstring("# Kernel 6.1.0 and kernel 6.12.117 side by side"));
    const Ran bad = run_program({"report", golden + "virtual_6_1.jsonl", "/nonexistent"});
    CHECK(bad.status == 2);
    CHECK_THAT(bad.err, ContainsSubstring("/nonexistent"));
}

TEST_CASE("runs that do not differ are compared with 0, and those that do with 1 where that was asked") {
    const std::string before = source_tree() + "/tests/golden/virtual_6_1.jsonl";
    Records records = read_records(before);
    const auto noticed = std::find_if(records.trials.begin(), records.trials.end(), [](const TrialLine& t) { return t.outcome == Outcome::noticed; });
    REQUIRE(noticed != records.trials.end());
    noticed->signal = "another";
    const Folder folder;
    const std::string after = (folder.path() / "after.jsonl").string();
    std::ofstream file(after);
    for (const RunLine& run : records.runs) file << to_json(run) << "\n";
    for (const TrialLine& trial : records.trials) file << to_json(trial) << "\n";
    file.close();
    CHECK(run_program({"compare", before, before, "--fail-on", "any"}).status == 0);
    CHECK(run_program({"compare", before, after}).status == 0);
    CHECK(run_program({"compare", before, after, "--fail-on", "outcome"}).status == 0);
    const Ran broken = run_program({"compare", before, after, "--fail-on", "signal"});
    CHECK(broken.status == 1);
    CHECK_THAT(broken.err, ContainsSubstring("1 other signal") && ContainsSubstring("one does"));
    check_one_error_line(run_program({"compare", before, after, "--fail-on", "speed"}), "--fail-on");
    const Ran nothing = run_program({"compare", before, source_tree() + "/tests/golden/try_leaks.jsonl", "--fail-on", "any"});
    CHECK(nothing.status == 2);
    CHECK_THAT(nothing.err, ContainsSubstring("nothing was compared"));
}

TEST_CASE("records become a page, a table or a summary, one at a time") {
    const std::string records = source_tree() + "/tests/golden/laws.jsonl";
    CHECK(run_program({"report", records, "--html"}).out.starts_with("<!doctype html>"));
    CHECK(run_program({"report", records, "--csv"}).out.starts_with("id,scenario,"));
    CHECK_THAT(run_program({"report", records, "--summary"}).out, ContainsSubstring("More: `halfopen report FOLDER`"));
    check_one_error_line(run_program({"report", records, "--csv", "--html"}), "name one");
    check_one_error_line(run_program({"report", records, records, "--html"}), "name one");
}

TEST_CASE("a run leaves records and a report, and the report can be made again with the same bytes") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const std::string out = (folder.path() / "r").string();
    const Ran ran = run_program({"run", "process-killed", "silent-drop", "-d", "recv", "-d", "poll", "-n", "2", "--horizon", "1s", "-o", out});
    INFO(ran.err);
    CHECK(ran.status == 0);
    const Ran first = run_program({"report", out}), second = run_program({"report", out});
    CHECK(first.status == 0);
    CHECK(first.out == second.out);
    CHECK_THAT(first.out, ContainsSubstring("8 trials"));
    const Schema schema;
    std::ifstream records(out + "/trials.jsonl");
    for (std::string line; std::getline(records, line);) {
        INFO(line);
        CHECK(schema.holds(line));
    }
}

TEST_CASE("the same folder again repeats nothing") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const std::string out = (folder.path() / "r").string();
    const std::vector<std::string> command{"run", "process-killed", "recv", "-n", "2", "--horizon", "1s", "-o", out};
    CHECK(run_program(command).status == 0);
    const auto size = std::filesystem::file_size(out + "/trials.jsonl");
    CHECK(run_program(command).status == 0);
    CHECK(std::filesystem::file_size(out + "/trials.jsonl") == size);
    auto other = command;
    other[2] = "poll";
    CHECK(run_program(other).status == 2);
}

TEST_CASE("a requirement that is broken ends with 1, one that holds with 0") {
    NEEDS_NAMESPACES;
    const Folder folder;
    std::vector<std::string> command{"run", "process-killed", "silent-drop", "recv", "-n", "1", "--horizon", "1s", "-o",
                                     (folder.path() / "a").string(), "--require", "recv process-killed <= 900ms"};
    CHECK(run_program(command).status == 0);
    command[9] = (folder.path() / "b").string();
    command.back() = "recv silent-drop <= 900ms";
    const Ran ran = run_program(command);
    CHECK(ran.status == 1);
    CHECK_THAT(ran.err, ContainsSubstring("not every trial noticed"));
}

TEST_CASE("an ordinary user without any capability gets the same answers") {
    NEEDS_NAMESPACES;
    if (geteuid() != 0) HALFOPEN_SKIP("this is an ordinary user already");
    const Folder folder;
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    const Ran ran = run_program({"run", "process-killed", "silent-drop", "recv", "-n", "1", "--horizon", "1s", "-o",
                                 (folder.path() / "r").string()},
                                {}, "65534");
    INFO(ran.err);
    CHECK(ran.status == 0);
    CHECK_THAT(run_program({"report", (folder.path() / "r").string()}).out, ContainsSubstring("2 trials"));
}

TEST_CASE("without user namespaces the error says how to allow them, and nothing is left behind") {
    NEEDS_NAMESPACES;
    const Folder folder;
    // A user namespace of our own in which no further one may be made, as on a machine that forbids them.
    const std::string command = "unshare --user --map-root-user sh -c 'echo 0 > /proc/sys/user/max_user_namespaces; exec " +
                                program() + " run process-killed recv -o " + (folder.path() / "r").string() + " 2>&1; '";
    FILE* pipe = popen(command.c_str(), "r");
    std::string text(4096, '\0');
    text.resize(fread(text.data(), 1, text.size(), pipe));
    const int status = pclose(pipe);
    CHECK(WEXITSTATUS(status) == 3);
    CHECK_THAT(text, ContainsSubstring("sysctl -w user.max_user_namespaces"));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "r"));
}

TEST_CASE("the doctor finds this machine able, as the tests did") {
    NEEDS_NAMESPACES;
    const Ran ran = run_program({"doctor"});
    INFO(ran.out);
    CHECK(ran.status == 0);
    CHECK_THAT(ran.out, ContainsSubstring("ok   user and network namespaces"));
    CHECK_THAT(ran.out, ContainsSubstring("the kernel's own instants (eBPF)")); // ok, or why not: root is not needed
}
