// The reports of real runs, made again from the records beside them, and what the README shows of them.

#include <filesystem>
#include <sstream>

#include "harness/base/files.h"
#include "reports/own_server.h"
#include "reports/terminal.h"
#include "support/catch.h"

#include "tests/reports/golden.h"

using namespace halfopen;
using golden::says;
namespace fs = std::filesystem;

namespace {

const std::string gallery = "reports/gallery/";

/// The names of the reports in the gallery, sorted.
std::vector<std::string> gallery_reports() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(source_tree() + "/" + gallery))
        if (entry.is_directory()) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

Records gallery_records(const std::string& name) { return read_records(source_tree() + "/" + gallery + name); }

/// Where two texts part, so that nobody has to look through megabytes; empty where they do not.
std::string first_difference(const std::string& is, const std::string& should_be) {
    std::istringstream a(is), b(should_be);
    for (int number = 1;; ++number) {
        std::string one, other;
        const bool more = static_cast<bool>(std::getline(a, one)), other_more = static_cast<bool>(std::getline(b, other));
        if (one != other || more != other_more) return fmt::format("line {} is\n{}\nand should be\n{}", number, one, other);
        if (!more) return is == should_be ? "" : "the ends of the lines";
    }
}

std::string from_to(const std::string& text, const std::string& from, const std::string& to) {
    const size_t begin = text.find(from);
    REQUIRE(begin != std::string::npos);
    const size_t end = text.find(to, begin + from.size());
    REQUIRE(end != std::string::npos);
    return text.substr(begin, end - begin);
}

/// The README with `text` between the two marks of that name.
std::string readme_with(const std::string& mark, const std::string& text) {
    const std::string readme = read_text(source_tree() + "/README.md"), begin = "<!-- " + mark + ":begin -->\n";
    const std::string old = from_to(readme, begin, "<!-- " + mark + ":end -->");
    std::string made = readme;
    return made.replace(readme.find(old), old.size(), begin + text);
}

void readme_shows(const std::string& mark, const std::string& text) {
    const std::string made = readme_with(mark, text);
    CHECK(first_difference(golden::expected("../../README.md", made), made) == "");
}

} // namespace

TEST_CASE("the gallery's page names every report that is in it") {
    const std::string page = read_text(source_tree() + "/" + gallery + "README.md");
    for (const std::string& name : gallery_reports()) CHECK(says(page, "](" + name + "/report.md)"));
}

TEST_CASE("the README opens with the sentences and the matrix of the gallery's starter, and says where they are from") {
    const std::string report = markdown_report(gallery_records("starter"));
    const std::string sentences = from_to(report, "**Laws 1-3", "\n\n"), matrix = from_to(report, "**The server only waits", "\n\n> ");
    readme_shows("matrix", sentences + "\n\n" + matrix + "\n\n(measured: [reports/gallery/starter](reports/gallery/starter/report.md), with its records)\n");
}

TEST_CASE("the README's session of try is what the gallery's records say on a terminal") {
    const Records records = gallery_records("try-redis");
    std::string command = "$ halfopen";
    for (const std::string& word : records.runs.front().command)
        command += word.empty() || word.find('\\') != std::string::npos ? " '" + word + "'" : " " + word;
    readme_shows("try", "```\n" + command + "\n" + own_server_text(records, {80, false, false, {}, {}}) + "```\n");
}
