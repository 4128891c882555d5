#include "reports/terminal.h"

#include <algorithm>
#include <sstream>

#include "support/catch.h"

#include "reports/strip.h"
#include "reports/text.h"
#include "tests/reports/golden.h"

using namespace halfopen;

namespace {

size_t widest_line(const std::string& text) {
    size_t widest = 0;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        widest = std::max(widest, display_width(line));
    return widest;
}

bool is_ascii(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

} // namespace

TEST_CASE("the matrix of a terminal is as it was last read") {
    const Records records = golden::records("laws");
    const TerminalStyle style{80, true, false};
    const std::string text = terminal_headline(records, style) + "\n" + terminal_matrix(records, style);
    CHECK(text == golden::expected("laws.txt", text));
}

TEST_CASE("the matrix keeps to the columns that there are") {
    for (const char* stem : {"laws", "exceptions", "invalid", "one_cell", "virtual_6_1"})
        for (const int columns : {40, 59, 60, 72, 80, 100, 140}) {
            INFO(stem << " in " << columns);
            const std::string text = terminal_matrix(golden::records(stem), {columns, false, false});
            CHECK(widest_line(text) <= static_cast<size_t>(columns));
        }
}

TEST_CASE("hours fit a terminal's cell, and the legend spells them") {
    const std::string text = terminal_matrix(golden::records("virtual_6_1"), {80, true, false});
    CHECK(text.find(" 2h ") != std::string::npos);
    CHECK(text.find(" 16m ") != std::string::npos);
    CHECK(text.find("not noticed in the 3 h watched") != std::string::npos);
    CHECK(widest_line(text) <= 80);
}

TEST_CASE("with --ascii no other character appears, whatever the labels hold") {
    Records records = golden::records("laws");
    records.runs[0].detectors[0].label = "récv ✗";
    const TerminalStyle style{80, true, false};
    CHECK(is_ascii(terminal_matrix(records, style)));
    CHECK(is_ascii(terminal_headline(records, style)));
    CHECK_FALSE(is_ascii(terminal_matrix(records, {80, false, false})));
}

TEST_CASE("colour adds escape sequences and changes no character") {
    const Records records = golden::records("laws");
    const std::string colourful = terminal_matrix(records, {80, true, true});
    std::string stripped;
    for (size_t i = 0; i < colourful.size(); ++i) {
        if (colourful[i] == '\x1b')
            i = colourful.find('m', i);
        else
            stripped += colourful[i];
    }
    CHECK(colourful.find("\x1b[1;31m") != std::string::npos);
    CHECK(stripped == terminal_matrix(records, {80, true, false}));
}

TEST_CASE("a cell that still waits shows what it is told, and the rest keeps its place") {
    Records records = golden::records("laws");
    const std::string finished = terminal_matrix(records, {80, true, false, "idle"});
    records.trials.clear();
    TerminalStyle style{80, true, false};
    style.waiting_text = [](const std::string& scenario, const std::string& traffic, const std::string&) {
        return traffic == "idle" && scenario == "silent-drop" ? "41s." : traffic == "idle" ? "2s." : "";
    };
    const std::string waiting = terminal_matrix(records, style);
    CHECK(waiting.find("41s.") != std::string::npos);
    CHECK(waiting.find("41s. still watched") != std::string::npos);
    CHECK(waiting.substr(0, waiting.find("\n1 ")) == finished.substr(0, finished.find("\n1 ")));
}

TEST_CASE("without any trial and without anything to wait for there is no matrix") {
    Records records = golden::records("laws");
    records.trials.clear();
    CHECK(terminal_matrix(records, {80, true, false}).empty());
}

TEST_CASE("a strip plot shows every trial, its window and the silent ones") {
    const Records records = golden::records("exceptions");
    const Cells cells(records);
    const std::string plot = strip_plot(strip_of(cells, "idle", cells.scenarios()[2]));
    INFO(plot);
    CHECK(plot.find("recv, done right") != std::string::npos);
    CHECK(plot.find("| 2 silent") != std::string::npos);
    CHECK(plot.find("| 1 silent") != std::string::npos);
    CHECK(plot.find('[') != std::string::npos);
    CHECK(plot.find("1 row said nothing, as predicted; not drawn.") != std::string::npos);
    CHECK(is_ascii(plot));
}

TEST_CASE("a failure of which nothing is known has no strip plot") {
    const Records records = golden::records("controls");
    const Cells cells(records);
    CHECK(strip_plot(strip_of(cells, "idle", cells.scenarios()[0])).empty());
}
