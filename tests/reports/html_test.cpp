// The page, as far as it can be read without a browser; tests/program/page_test.cpp opens it in one.

#include "reports/html.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reports/html_parts.h"
#include "support/catch.h"

#include "tests/reports/golden.h"

using namespace halfopen;
using golden::says;

namespace {

std::string html_of(const std::string& stem) { return html_report(golden::records(stem)); }

std::string between(const std::string& text, const std::string& from, const std::string& to) {
    const size_t begin = text.find(from);
    if (begin == std::string::npos)
        return "";
    const size_t at = begin + from.size();
    return text.substr(at, text.find(to, at) - at);
}

nlohmann::json data_of(const std::string& html) {
    return nlohmann::json::parse(between(html, "<script type=\"application/json\" id=\"data\">", "</script>"));
}

size_t count_of(const std::string& text, const std::string& part) {
    size_t count = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++count;
    return count;
}

} // namespace

TEST_CASE("the page names nothing that it would have to fetch, and forbids it") {
    for (const char* stem : {"laws", "virtual_6_1", "one_cell", "try_leaks"}) {
        const std::string html = html_of(stem);
        INFO(stem);
        CHECK(says(html, "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\""));
        for (const char* fetched : {" src=", "<link", "@import", "url(", "fetch(", "XMLHttpRequest"})
            CHECK_FALSE(says(html, fetched));
    }
}

TEST_CASE("every cell of the matrix is a link, and every link has its detail") {
    const std::string html = html_of("laws");
    const auto cells = data_of(html)["cells"];
    CHECK(count_of(html, "href=\"#cell=") == cells.size());
    for (const auto& [key, cell] : cells.items()) {
        INFO(key);
        CHECK(says(html, "href=\"#cell=" + html_text(key) + "\""));
        CHECK_FALSE(cell["x"].get<std::string>().empty());
    }
}

TEST_CASE("the detail of a cell has its sentence, its rule and every valid trial") {
    const auto data = data_of(html_of("laws"));
    const auto cell = data["cells"]["keepalive:idle=60s,interval=5s,count=3/silent-drop/idle"];
    CHECK_THAT(cell["x"].get<std::string>(), ContainsSubstring("noticed silent-drop (idle) in 1 of 1 trial"));
    CHECK_THAT(data["texts"][cell["y"].get<size_t>()].get<std::string>(), ContainsSubstring("60 s + 3 x 5 s"));
    CHECK(cell["t"].size() == 1);
    for (const auto& trial : cell["t"]) {
        CHECK(trial["t"].get<int64_t>() >= trial["w"][0].get<int64_t>());
        CHECK(data["texts"][trial["s"].get<size_t>()] == "recv: ETIMEDOUT");
    }
}

TEST_CASE("names with odd characters stay names") {
    Records records = golden::records("laws");
    const std::string odd = "</script><b onclick=\"x()\">&amp;'|`";
    for (DetectorHead& head : records.runs.front().detectors)
        head.label = odd;
    for (TrialLine& trial : records.trials)
        trial.predicted.rule = odd;
    const std::string html = html_report(records);
    CHECK_FALSE(says(html, "<b onclick"));
    CHECK(count_of(html, "</script>") == 2);
    CHECK(data_of(html)["texts"][0] == odd);
}

TEST_CASE("a run of nothing but controls, or of one trial, has its page too") {
    CHECK(says(html_of("controls"), "<h1>Only controls were run</h1>"));
    Records one = golden::records("laws");
    one.trials.resize(1);
    CHECK(count_of(html_report(one), "href=\"#cell=") == 1);
}

TEST_CASE("what the Markdown report says stands in the page, a heading for a heading") {
    for (const char* stem : {"laws", "invalid", "exceptions", "no_laws", "virtual_6_1", "try_good"}) {
        const std::string html = html_of(stem), markdown = golden::report_of(stem);
        INFO(stem);
        CHECK(says(html, "<h1>"));
        CHECK(count_of(html, "<h2") >= count_of(markdown, "\n## "));
    }
}

TEST_CASE("the page of fifteen thousand trials is below 5 MB") {
    Records records = golden::records("laws");
    const std::vector<TrialLine> once = records.trials;
    for (int copy = 1; records.trials.size() < 15'000; ++copy)
        for (TrialLine trial : once)
            for (trial.scenario += std::to_string(copy), trial.repeat = 1; trial.repeat <= 3; ++trial.repeat) {
                trial.id = trial.scenario + trial.spec + trial.traffic + std::to_string(trial.repeat);
                records.trials.push_back(trial);
            }
    CHECK(html_report(records).size() < 5'000'000);
}
