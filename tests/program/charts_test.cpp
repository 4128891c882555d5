// The pictures as gnuplot draws them: whole, alike each time, and without gnuplot none.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/linux/command.h"
#include "harness/trial/record.h"
#include "support/catch.h"
#include "support/folder.h"
#include "support/program.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace halfopen::testing;
namespace fs = std::filesystem;

namespace {

#define NEEDS_GNUPLOT \
    if (!is_on_path("gnuplot")) HALFOPEN_SKIP("no gnuplot on the PATH (apt-get install gnuplot-nox)")

Records golden_records(const std::string& stem) { return read_records(source_tree() + "/tests/golden/" + stem + ".jsonl"); }

/// A results folder with these records, and the report that is made of it.
std::string report_in(const fs::path& folder, const Records& records, const std::vector<std::string>& environment = {}) {
    fs::create_directories(folder);
    std::ofstream file(folder / "trials.jsonl", std::ios::binary);
    for (const RunLine& run : records.runs) file << to_json(run) << "\n";
    for (const TrialLine& trial : records.trials) file << to_json(trial) << "\n";
    if (records.end) file << to_json(*records.end) << "\n";
    file.close();
    const Ran ran = run_program({"report", folder.string()}, environment);
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    return ran.out;
}

std::vector<fs::path> pictures_in(const fs::path& folder) {
    std::vector<fs::path> files;
    if (fs::exists(folder))
        for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::set<std::string> linked_by(const std::string& report) {
    std::set<std::string> links;
    const std::regex link("(?:src|srcset)=\"([^\"]*)\"");
    for (std::sregex_iterator at(report.begin(), report.end(), link), end; at != end; ++at) links.insert((*at)[1]);
    return links;
}

/// What xmllint has to complain about a file; empty when it is well-formed.
std::string malformed(const fs::path& file) {
    try {
        output_of({"xmllint", "--noout", "--nonet", file.string()});
        return "";
    } catch (const CannotHere& e) {
        return e.what();
    }
}

Records with_one_trial() {
    Records records = golden_records("one_cell");
    records.trials.resize(1);
    return records;
}

/// Enough trials of one cell for their distribution, at times that grow by a tenth.
Records with_thirty_trials() {
    Records records = golden_records("one_cell");
    const auto once = records.trials;
    for (int k = 1; records.trials.size() < 30; ++k)
        for (TrialLine trial : once) {
            trial.repeat += k * static_cast<int>(once.size());
            trial.id += "/" + std::to_string(k);
            *trial.noticed_after += *trial.noticed_after / 10 * (k + trial.repeat);
            records.trials.push_back(trial);
        }
    return records;
}

Records that_nobody_noticed() {
    Records records = golden_records("laws");
    for (TrialLine& trial : records.trials)
        if (trial.noticed_after) trial.noticed_after.reset(), trial.verdict.reset(), trial.outcome = Outcome::missed;
    return records;
}

const std::string odd = "'\"$(touch odd-ran)`touch odd-ran`\\ @x {y}^2_3 <b>&amp; ~0~ \xe6\xbc\xa2 ]]> |";

Records with_odd_names() {
    Records records = golden_records("laws");
    for (DetectorHead& head : records.runs.front().detectors) head.label = odd + "\n" + head.label;
    for (ScenarioHead& head : records.runs.front().scenarios) head.label = odd, head.summary = odd + "\n\n\x01 system('touch odd-ran')";
    for (TrialLine& trial : records.trials) trial.signal = odd;
    return records;
}

} // namespace

TEST_CASE("a folder's report has its pictures beside it, each of them linked and well-formed, and the same bytes each time") {
    NEEDS_GNUPLOT;
    if (!is_on_path("xmllint")) HALFOPEN_SKIP("no xmllint on the PATH (apt-get install libxml2-utils)");
    const std::vector<std::pair<std::string, Records>> cases{{"laws", golden_records("laws")},
                                                             {"guest", golden_records("virtual_6_1")},
                                                             {"own", golden_records("try_leaks")},
                                                             {"one", with_one_trial()},
                                                             {"thirty", with_thirty_trials()},
                                                             {"nobody", that_nobody_noticed()},
                                                             {"odd", with_odd_names()}};
    for (const auto& [name, records] : cases) {
        INFO(name);
        const Folder first, second;
        const std::string report = report_in(first.path(), records);
        CHECK(report_in(second.path(), records) == report);
        const auto files = pictures_in(first.path() / "charts");
        CHECK(!files.empty());
        CHECK(files.size() == linked_by(report).size());
        for (const fs::path& file : files) {
            INFO(file.filename().string());
            CHECK(linked_by(report).count("charts/" + file.filename().string()) == 1);
            CHECK(malformed(file).empty());
            CHECK(read_text(file) == read_text(second.path() / "charts" / file.filename()));
        }
    }
}

TEST_CASE("pictures that a later report of the folder no longer links are removed, and files of others stay") {
    NEEDS_GNUPLOT;
    const Folder folder;
    const fs::path charts = folder.path() / "charts";
    report_in(folder.path(), golden_records("laws"));
    const auto before = pictures_in(charts);
    REQUIRE(before.size() > 4);
    std::ofstream(charts / "mine.svg") << "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n";
    std::ofstream(charts / "notes.txt") << "mine\n";
    fs::copy_file(before.front(), charts / "copy.svg"); // Somebody gave it a name of theirs.
    const auto linked = linked_by(report_in(folder.path(), golden_records("one_cell")));
    REQUIRE(linked.size() < before.size());
    std::set<std::string> left;
    for (const fs::path& file : pictures_in(charts)) left.insert("charts/" + file.filename().string());
    std::set<std::string> expected = linked;
    expected.insert({"charts/mine.svg", "charts/notes.txt", "charts/copy.svg"});
    CHECK(left == expected);
}

TEST_CASE("a folder that held nothing but pictures goes with the last of them") {
    NEEDS_GNUPLOT;
    const Folder folder;
    report_in(folder.path(), golden_records("laws"));
    REQUIRE(fs::exists(folder.path() / "charts"));
    Records without = golden_records("laws");
    without.trials.clear();
    report_in(folder.path(), without);
    CHECK_FALSE(fs::exists(folder.path() / "charts"));
}

TEST_CASE("where gnuplot is not on the PATH, pictures that it drew earlier stay") {
    NEEDS_GNUPLOT;
    const Folder folder;
    report_in(folder.path(), golden_records("laws"));
    const auto before = pictures_in(folder.path() / "charts");
    report_in(folder.path(), golden_records("laws"), {"PATH=/nonexistent"});
    CHECK(pictures_in(folder.path() / "charts") == before);
}

TEST_CASE("names with odd characters run nothing, and stand in the pictures as they are") {
    NEEDS_GNUPLOT;
    const Folder folder;
    report_in(folder.path(), with_odd_names());
    CHECK_FALSE(fs::exists("odd-ran"));
    bool written = false;
    for (const fs::path& file : pictures_in(folder.path() / "charts"))
        written = written || read_text(file).find("$(touch odd-ran)`touch odd-ran`\\ @x {y}^2_3 &lt;b&gt;&amp;amp; ~0~ \xe6\xbc\xa2 ") != std::string::npos;
    CHECK(written);
}

TEST_CASE("in the page no two pictures share an id") {
    NEEDS_GNUPLOT;
    const Ran ran = run_program({"report", source_tree() + "/tests/golden/laws.jsonl", "--html"});
    std::set<std::string> ids;
    const std::regex id(" id=[\"']([^\"']*)[\"']");
    size_t pictures = 0;
    for (std::sregex_iterator at(ran.out.begin(), ran.out.end(), id), end; at != end; ++at) {
        INFO((*at)[1].str());
        CHECK(ids.insert((*at)[1]).second);
        pictures += (*at)[1].str().starts_with("chart-") ? 1 : 0;
    }
    CHECK(pictures > 5);
}

TEST_CASE("without gnuplot the text plots stand, and the report says how to have pictures") {
    const Folder folder;
    const std::string report = report_in(folder.path(), golden_records("laws"), {"PATH=/nonexistent"});
    CHECK_THAT(report, ContainsSubstring("No pictures: there is no gnuplot on the PATH (apt-get install gnuplot-nox). The plots in text hold the same."));
    CHECK_THAT(report, ContainsSubstring("```text\n"));
    CHECK(linked_by(report).empty());
    CHECK_FALSE(fs::exists(folder.path() / "charts"));
}

TEST_CASE("where the pictures cannot be written the report says why, and is whole without them") {
    NEEDS_GNUPLOT;
    const Folder folder;
    std::ofstream(folder.path() / "charts") << "in the way";
    const std::string report = report_in(folder.path(), golden_records("one_cell"));
    CHECK_THAT(report, ContainsSubstring("*No pictures: making "));
    CHECK(linked_by(report).empty());
    CHECK(read_text(folder.path() / "charts") == "in the way");
}

TEST_CASE("a report under another name has pictures of that name, and one to a pipe has none") {
    NEEDS_GNUPLOT;
    const Folder folder;
    const std::string records = source_tree() + "/tests/golden/one_cell.jsonl", named = (folder.path() / "two words.md").string();
    CHECK(run_program({"report", records, "--output", named}).status == 0);
    CHECK(linked_by(read_text(named)).count("two%20words-charts/silent-drop-idle.svg") == 1);
    CHECK(fs::exists(folder.path() / "two words-charts" / "silent-drop-idle-dark.svg"));
    CHECK(linked_by(run_program({"report", records}).out).empty());
}

TEST_CASE("a summary has no pictures") {
    const Folder folder;
    report_in(folder.path(), golden_records("laws"));
    const Ran ran = run_program({"report", folder.path().string(), "--summary"});
    CHECK(ran.status == 0);
    CHECK(linked_by(ran.out).empty());
}
