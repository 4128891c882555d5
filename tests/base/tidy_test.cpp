// Rules of the tree that a reader relies on, as tests: data and includes flow one way, and a file stays small enough
// to be read.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "support/catch.h"
#include "support/source_tree.h"

namespace fs = std::filesystem;

namespace {

struct Source {
    std::string name; ///< from the root of the tree
    std::vector<std::string> lines;
};

std::vector<Source> sources() {
    std::vector<Source> all;
    const fs::path root = halfopen::source_tree();
    for (const char* folder : {"harness", "detectors", "scenarios", "reports"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
            Source source{fs::relative(entry.path(), root).string(), {}};
            std::ifstream file(entry.path());
            for (std::string line; std::getline(file, line);) source.lines.push_back(line);
            all.push_back(source);
        }
    return all;
}

/// "harness/lab" for "harness/lab/world.cpp"; what belongs together has one room.
std::string room_of(const std::string& name) {
    for (const char* room : {"harness/base", "harness/linux", "harness/lab", "harness/trial", "harness/learn", "harness/cli",
                             "detectors/theory", "detectors", "scenarios/faults", "reports"})
        if (name.starts_with(std::string(room) + "/")) return room;
    return name;
}

/// What each room may see besides itself.
const std::map<std::string, std::set<std::string>> may_see{
    {"harness/base", {}},
    {"harness/linux", {"harness/base"}},
    {"detectors/theory", {"harness/base"}},
    {"detectors", {"detectors/theory", "harness/base", "harness/linux"}},
    {"harness/lab", {"harness/base", "harness/linux", "detectors"}},
    {"scenarios/faults", {"detectors/theory", "harness/base", "harness/linux", "harness/lab"}},
    {"harness/trial", {"harness/base", "harness/linux", "harness/lab", "detectors", "detectors/theory", "scenarios/faults"}},
    {"reports", {"harness/base", "harness/trial"}},
    {"harness/learn", {"harness/base", "harness/linux", "harness/trial", "detectors", "reports"}},
    {"harness/cli", {"harness/base", "harness/linux", "harness/lab", "harness/trial", "harness/learn", "detectors", "reports"}},
};

} // namespace

TEST_CASE("includes go one way, and reports see records only") {
    const std::regex include(R"re(#include "(.*)")re");
    for (const Source& source : sources())
        for (const std::string& line : source.lines) {
            std::smatch match;
            if (!std::regex_match(line, match, include)) continue;
            INFO(source.name << ": " << line);
            const std::string from = room_of(source.name), to = room_of(match[1]);
            if (from == to) continue;
            REQUIRE(may_see.count(from) == 1);
            CHECK(may_see.at(from).count(to) == 1);
            if (from == "reports" && to == "harness/trial") CHECK(match[1] == "harness/trial/record.h");
            if (from == "scenarios/faults" && to == "harness/lab") CHECK(match[1] == "harness/lab/lab.h");
        }
}

TEST_CASE("no source is longer than can be read at one sitting") {
    for (const Source& source : sources()) {
        INFO(source.name << " has " << source.lines.size() << " lines");
        CHECK(source.lines.size() <= 320);
    }
}

TEST_CASE("nothing is left to be done in the sources, and no header uses a namespace") {
    for (const Source& source : sources())
        for (const std::string& line : source.lines) {
            INFO(source.name << ": " << line);
            CHECK(line.find("FIXME") == std::string::npos);
            CHECK(line.find("TODO") == std::string::npos);
            if (source.name.ends_with(".h")) CHECK(line.find("using namespace") == std::string::npos);
        }
}

TEST_CASE("every test has a name that ctest can pass on: no dash in front and no semicolon in it") {
    const std::regex name(R"re(^TEST_CASE\("(-.*|[^"]*;.*))re");
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(halfopen::source_tree()) / "tests")) {
        if (entry.path().extension() != ".cpp") continue;
        std::ifstream file(entry.path());
        for (std::string line; std::getline(file, line);) {
            INFO(entry.path().filename().string() << ": " << line);
            CHECK_FALSE(std::regex_search(line, name));
        }
    }
}
