// Shards of one run, put together again. The records are those of real runs in the gallery and among the goldens.

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "harness/base/files.h"
#include "harness/trial/record.h"
#include "support/catch.h"
#include "support/folder.h"
#include "support/program.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace halfopen::testing;
namespace fs = std::filesystem;

namespace {

const fs::path gallery = fs::path(source_tree()) / "reports/gallery/starter";

/// Part `k` of `n` of the gallery's starter run, as if the run had been one shard.
std::string shard_of_gallery(const fs::path& folder, int k, int n) {
    fs::create_directories(folder);
    std::ifstream in(gallery / "trials.jsonl");
    std::ofstream out(folder / "trials.jsonl");
    int trial = 0;
    for (std::string line; std::getline(in, line);) {
        if (line.find("\"type\":\"trial\"") != std::string::npos && trial++ % n != k - 1) continue;
        if (line.find("\"type\":\"run\"") != std::string::npos) {
            auto run = std::get<RunLine>(*parse_line(line));
            run.command.insert(run.command.end(), {"--shard", std::to_string(k) + "/" + std::to_string(n)});
            line = to_json(run);
        }
        out << line << "\n";
    }
    return folder.string();
}

int lines_with(const std::string& text, const std::string& word) {
    std::istringstream lines(text);
    int count = 0;
    for (std::string line; std::getline(lines, line);) count += line.find(word) != std::string::npos;
    return count;
}

} // namespace

TEST_CASE("the shards of a run, merged, are the trials of the whole run") {
    const Folder folder;
    std::vector<std::string> words{"merge"};
    for (int k = 1; k <= 3; ++k) words.push_back(shard_of_gallery(folder.path() / std::to_string(k), k, 3));
    words.insert(words.end(), {"-o", (folder.path() / "whole").string()});
    const Ran ran = run_program(words);
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    CHECK(trial_digest(read_records((folder.path() / "whole").string())) == trial_digest(read_records(gallery.string())));
    CHECK(fs::exists(folder.path() / "whole/report.md"));
}

TEST_CASE("a shard that is not there is named, and every trial that is missing stands in a file, with status 1") {
    const Folder folder;
    const std::string first = shard_of_gallery(folder.path() / "1", 1, 3), third = shard_of_gallery(folder.path() / "3", 3, 3);
    const Ran ran = run_program({"merge", first, third, "-o", (folder.path() / "two").string()});
    CHECK(ran.status == 1);
    CHECK_THAT(ran.err, ContainsSubstring("shard 2/3 is not among them"));
    const auto whole = read_records(gallery.string()).trials.size(), two = read_records((folder.path() / "two").string()).trials.size();
    CHECK(lines_with(ran.err, "missing: ") == 20); // Only the first ones, so that the message below is not lost.
    std::ifstream file(folder.path() / "two/missing.txt");
    std::ostringstream missing;
    missing << file.rdbuf();
    CHECK(lines_with(missing.str(), "/") == static_cast<int>(whole - two));
    CHECK(two < whole);
    CHECK_THAT(read_text((folder.path() / "two/report.md").string()), ContainsSubstring(fmt::format("*This run is made in shards: {} of {} planned trials are here.", two, whole)));
}

TEST_CASE("a shard that was interrupted is named") {
    const Folder folder;
    std::vector<std::string> shards;
    for (int k = 1; k <= 2; ++k) shards.push_back(shard_of_gallery(folder.path() / std::to_string(k), k, 2));
    const auto all_of = read_records(shards[1]);
    std::ofstream cut(folder.path() / "2/trials.jsonl");
    cut << to_json(all_of.runs.front()) << "\n" << to_json(all_of.trials.front()) << "\n";
    cut.close();
    const Ran ran = run_program({"merge", shards[0], shards[1], "-o", (folder.path() / "part").string()});
    CHECK(ran.status == 1);
    CHECK_THAT(ran.err, ContainsSubstring("; shard 2/2 in " + shards[1] + "/trials.jsonl did not come to its end"));
}

TEST_CASE("a shard whose last line was cut off is named, and that line is left out") {
    const Folder folder;
    std::vector<std::string> shards;
    for (int k = 1; k <= 2; ++k) shards.push_back(shard_of_gallery(folder.path() / std::to_string(k), k, 2));
    std::ofstream(folder.path() / "2/trials.jsonl", std::ios::app) << R"({"type":"end","tri)";
    const Ran ran = run_program({"merge", shards[0], shards[1], "-o", (folder.path() / "whole").string()});
    INFO(ran.err);
    CHECK(ran.status == 0);
    CHECK_THAT(ran.err, ContainsSubstring("mind: the last line of " + shards[1] + "/trials.jsonl was cut off, and is left out"));
    CHECK_FALSE(read_records((folder.path() / "whole").string()).torn);
}

TEST_CASE("an attempt that was repeated is kept once, in front of its answer, and the report counts it") {
    const Folder folder;
    std::vector<std::string> shards;
    for (int k = 1; k <= 2; ++k) shards.push_back(shard_of_gallery(folder.path() / std::to_string(k), k, 2));
    Records second = read_records(shards[1]);
    TrialLine spoilt = second.trials[3];
    spoilt.outcome = Outcome::invalid;
    spoilt.why = "noisy: a test says so";
    spoilt.verdict.reset();
    spoilt.noticed_after.reset();
    second.trials[3].attempt = 2;
    std::ofstream file(folder.path() / "2/trials.jsonl");
    file << to_json(second.runs.front()) << "\n" << to_json(spoilt) << "\n";
    for (const auto* lines : {&second.replaced, &second.trials})
        for (const TrialLine& trial : *lines) file << to_json(trial) << "\n";
    file << to_json(*second.end) << "\n";
    file.close();
    const Ran ran = run_program({"merge", shards[0], shards[1], shards[1], "-o", (folder.path() / "whole").string()});
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    const Records whole = read_records((folder.path() / "whole").string());
    CHECK(whole.replaced.size() == read_records(gallery.string()).replaced.size() + 1);
    CHECK(std::count_if(whole.replaced.begin(), whole.replaced.end(), [&](const TrialLine& t) { return to_json(t) == to_json(spoilt); }) == 1);
    const auto answer = std::find_if(whole.trials.begin(), whole.trials.end(), [&](const TrialLine& t) { return t.id == spoilt.id; });
    REQUIRE(answer != whole.trials.end());
    CHECK(to_json(*answer) == to_json(second.trials[3]));
    CHECK(whole.trials.size() == read_records(gallery.string()).trials.size());
    CHECK_THAT(read_text((folder.path() / "whole/report.md").string()), ContainsSubstring(" repeated after an invalid attempt"));
}

TEST_CASE("a trial that stands in two folders counts once") {
    const Folder folder;
    const std::string first = shard_of_gallery(folder.path() / "1", 1, 2), second = shard_of_gallery(folder.path() / "2", 2, 2);
    const Ran ran = run_program({"merge", first, second, first, "-o", (folder.path() / "whole").string()});
    CHECK(ran.status == 0);
    CHECK(read_records((folder.path() / "whole").string()).trials.size() == read_records(gallery.string()).trials.size());
}

TEST_CASE("records of different runs are not merged, and the message says what to do with them") {
    const Folder folder;
    const Ran ran = run_program({"merge", gallery.string(), source_tree() + "/tests/golden/virtual_6_1.jsonl", "-o",
                                 (folder.path() / "x").string()});
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, ContainsSubstring("report sets others side by side"));
    CHECK_FALSE(fs::exists(folder.path() / "x"));
}

TEST_CASE("the dry runs of all shards name every trial of the plan once") {
    std::string all;
    for (const char* shard : {"1/3", "2/3", "3/3"}) all += run_program({"run", "silent-drop", "--dry-run", "--json", "--shard", shard}).out;
    const std::string whole = run_program({"run", "silent-drop", "--dry-run", "--json"}).out;
    CHECK(lines_with(all, "\"id\"") == lines_with(whole, "\"id\""));
    CHECK(lines_with(whole, "\"id\"") > 10);
}
