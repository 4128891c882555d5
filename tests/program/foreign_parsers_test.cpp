// Every report, read by parsers that are not ours: cmark-gfm reads Markdown as GitHub does, libxml2 (xmllint) reads HTML and
// XML, Python reads tables of text.

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <nlohmann/json.hpp>

#include "harness/base/files.h"
#include "harness/linux/command.h"
#include "reports/csv.h"
#include "reports/html.h"
#include "reports/html_parts.h"
#include "reports/markdown.h"
#include "reports/summary.h"
#include "support/catch.h"
#include "support/folder.h"
#include "support/odd_records.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace halfopen::testing;
namespace fs = std::filesystem;

namespace {

#define NEEDS_XMLLINT \
    if (!is_on_path("xmllint")) HALFOPEN_SKIP("no xmllint on the PATH (apt-get install libxml2-utils)")

std::string output_for_text(const std::string& text, std::vector<std::string> words) {
    const Folder folder;
    const std::string file = (folder.path() / "text").string();
    std::ofstream(file, std::ios::binary) << text;
    std::string command = "exec 2>&1;";
    for (const std::string& word : words) command += " " + word;
    return halfopen::output_of({"sh", "-c", command + " " + file + "; true"});
}

/// What libxml2 complains of in the HTML that cmark-gfm makes of a Markdown text; it writes its tags as XML wants them.
std::string complaints_about_markdown(const std::string& markdown) {
    return output_for_text("<page>" + html_of_markdown(markdown) + "</page>", {"xmllint", "--noout", "--huge"});
}

/// What libxml2 complains of in a page, apart from elements that came after HTML 4, which it does not know.
std::string complaints_about_page(const std::string& html) {
    static const std::regex later("HTML parser error : Tag (details|summary|header|main|section|output|figure|figcaption|picture|source|"
                                  "svg|g|path|circle|line|rect|text|tspan|polyline|polygon|desc|defs|use|pattern|marker|clippath) invalid");
    std::istringstream lines(output_for_text(html, {"xmllint", "--html", "--noout", "--huge"}));
    std::string all;
    for (std::string line; std::getline(lines, line);)
        if (line.find(" error ") != std::string::npos && !std::regex_search(line, later)) all += line + "\n";
    return all;
}

std::vector<fs::path> files_with_end(const std::vector<std::string>& folders, const std::string& end) {
    std::vector<fs::path> found;
    for (const std::string& folder : folders)
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(source_tree()) / folder))
            if (entry.path().string().ends_with(end) && entry.path().filename() != "README.md") found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

TEST_CASE("xmllint complains of a tag that is not closed, in Markdown and in a page") {
    NEEDS_XMLLINT;
    CHECK(complaints_about_markdown("# fine\n\n<details><summary>a</summary>\n\nb\n\n</details>\n") == "");
    CHECK(complaints_about_markdown("<details><summary>a\n\nb\n") != "");
    CHECK(complaints_about_page("<!doctype html><html><head><title>a</title></head><body><main><p>b</p></main></body></html>") == "");
    CHECK(complaints_about_page("<!doctype html><html><head><title>a</title></head><body><table><tr><td>b</p></b></table></body></html>") != "");
}

TEST_CASE("every report in Markdown, of the goldens and of the gallery, becomes well-formed HTML") {
    NEEDS_XMLLINT;
    const auto files = files_with_end({"tests/golden", "reports/gallery"}, ".md");
    CHECK(files.size() > 10);
    for (const fs::path& file : files) {
        INFO(file.string());
        CHECK(complaints_about_markdown(read_text(file)) == "");
    }
}

TEST_CASE("every page, of the goldens and of the gallery, is HTML to libxml2, each id once") {
    NEEDS_XMLLINT;
    for (const char* end : {".jsonl", ".jsonl.xz"})
        for (const fs::path& file : files_with_end({"tests/golden", "reports/gallery"}, end)) {
            INFO(file.string());
            CHECK(complaints_about_page(html_report(read_records(file.string()))) == "");
        }
}

TEST_CASE("names that mean something to Markdown and HTML break neither") {
    NEEDS_XMLLINT;
    for (const std::string& odd : odd_names)
        for (const Records& records : {with_odd_names("laws", odd), with_odd_names("try_leaks", odd)}) {
            INFO(odd);
            CHECK(complaints_about_markdown(markdown_report(records)) == "");
            CHECK(complaints_about_markdown(summary_report(records)) == "");
            CHECK(complaints_about_page(html_report(records)) == "");
        }
}

TEST_CASE("the table of trials gives Python's reader the names as they were, in as many fields as there are heads") {
    if (!is_on_path("python3")) HALFOPEN_SKIP("no python3 on the PATH (apt-get install python3)");
    for (const std::string& odd : odd_names) {
        INFO(odd);
        const Records records = with_odd_names("laws", odd);
        const std::string seen = output_for_text(csv_report(records),
            {"python3", "-c", R"('import csv, json, sys; rows = list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8"))); print(json.dumps([sorted({len(row) for row in rows}), [row[1] for row in rows[1:]]]))')"});
        std::vector<std::string> scenarios;
        for (const TrialLine& t : records.trials) scenarios.push_back(t.scenario);
        CHECK(nlohmann::json::parse(seen) == nlohmann::json({{22}, scenarios}));
    }
}
