// What the pictures of a report hold, before gnuplot draws them; tests/program/charts_test.cpp has them drawn.

#include "reports/charts.h"
#include "reports/pictures.h"

#include <algorithm>
#include <cmath>

#include "reports/cost.h"
#include "reports/strip.h"
#include "support/catch.h"

#include "tests/reports/golden.h"

using namespace halfopen;
using golden::says;

namespace {

const Chart& named(const std::vector<Chart>& charts, const std::string& name) {
    const auto found = std::find_if(charts.begin(), charts.end(), [&](const Chart& chart) { return chart.name == name; });
    REQUIRE(found != charts.end());
    return *found;
}

bool has(const std::vector<Chart>& charts, const std::string& name) {
    return std::any_of(charts.begin(), charts.end(), [&](const Chart& chart) { return chart.name == name; });
}

bool has_word(const Chart& chart, const std::string& word) {
    return std::find(chart.words.begin(), chart.words.end(), word) != chart.words.end();
}

size_t lines_of(const std::string& script, const std::string& block) {
    const size_t begin = script.find("$" + block + " << EOD\n");
    REQUIRE(begin != script.npos);
    const std::string lines = script.substr(begin, script.find("\nEOD", begin) - begin);
    return static_cast<size_t>(std::count(lines.begin(), lines.end(), '\n'));
}

/// Each trial of the one cell as often as that, at times that grow by a tenth.
Records repeated(const std::string& stem, int times) {
    Records records = golden::records(stem);
    const auto once = records.trials;
    records.trials.clear();
    for (int k = 0; k < times; ++k)
        for (TrialLine trial : once) {
            trial.repeat = static_cast<int>(records.trials.size()) + 1;
            trial.id += "/" + std::to_string(k);
            if (trial.noticed_after)
                *trial.noticed_after += *trial.noticed_after / 10 * k;
            records.trials.push_back(trial);
        }
    return records;
}

} // namespace

TEST_CASE("the picture of a failure has the rows of its text plot and every one of their trials") {
    const Records records = golden::records("laws");
    const Cells cells(records);
    const auto charts = charts_of(cells);
    for (const ScenarioHead& column : cells.scenarios()) {
        const Strip strip = strip_of(cells, "idle", column);
        INFO(column.name);
        REQUIRE(has(charts, strip_name(column, "idle")) == !strip.empty());
        if (strip.empty())
            continue;
        const Chart& chart = named(charts, strip_name(column, "idle"));
        size_t trials = 0, silent = 0, before = 0;
        for (const LabelledCell& row : strip.rows) {
            CHECK(has_word(chart, row.label));
            size_t said = row.cell->spoke.size();
            const auto early = static_cast<size_t>(std::count_if(row.cell->spoke.begin(), row.cell->spoke.end(), [](Duration d) { return d < Duration::zero(); }));
            trials += said - early;
            before += early ? 1 : 0;
            silent += said < row.cell->valid.size() ? 1 : 0;
        }
        CHECK(lines_of(chart.script, "right") + lines_of(chart.script, "wrong") == trials);
        CHECK(lines_of(chart.script, "silent") == silent);
        CHECK(lines_of(chart.script, "before") == before);
    }
}

TEST_CASE("no name of a record stands in what gnuplot is told") {
    Records records = golden::records("laws");
    for (DetectorHead& head : records.runs.front().detectors) head.label = "`touch here`";
    for (ScenarioHead& head : records.runs.front().scenarios) head.label = "$(x)", head.summary = "'\"@x";
    for (TrialLine& trial : records.trials) trial.signal = "!touch here";
    for (const Chart& chart : charts_of(Cells(records))) {
        INFO(chart.name);
        for (const char* part : {"touch", "$(", "@x", "`", "!"}) CHECK_FALSE(says(chart.script, part));
        CHECK(std::count_if(chart.words.begin(), chart.words.end(), [](const std::string& word) { return says(word, "`touch here`"); }) > 0);
    }
}

TEST_CASE("a picture's file has a plain name of its own, whatever the scenario is called") {
    const ScenarioHead plain{"silent-drop", "drop", "", Truth::alive, ""}, odd{"../a b", "x", "", Truth::alive, ""}, other{"../a_b", "x", "", Truth::alive, ""};
    CHECK(strip_name(plain, "idle") == "silent-drop-idle");
    CHECK(strip_name(odd, "idle").find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
    CHECK(strip_name(odd, "idle") != strip_name(other, "idle"));
}

TEST_CASE("a trial that said nothing in the time watched stands beside the axis, and no number is made up for it") {
    Records records = golden::records("one_cell");
    for (TrialLine& trial : records.trials) trial.noticed_after.reset(), trial.verdict.reset(), trial.outcome = Outcome::missed;
    const Cells cells(records);
    const auto charts = charts_of(cells);
    REQUIRE(charts.size() == 1);
    CHECK(lines_of(charts.front().script, "right") == 0);
    CHECK(lines_of(charts.front().script, "silent") == 1);
    CHECK(lines_of(charts.front().script, "medians") == 0);
    CHECK(has_word(charts.front(), fmt::format("all {}", records.trials.size())));
}

TEST_CASE("a run in which nobody spoke or was predicted to has no picture") {
    Records records = golden::records("one_cell");
    for (TrialLine& trial : records.trials)
        trial.noticed_after.reset(), trial.verdict.reset(), trial.outcome = Outcome::missed, trial.predicted.after.reset();
    CHECK(charts_of(Cells(records)).empty());
}

TEST_CASE("of more than twenty thousand trials a row shows the fastest, the slowest, the median and the middle half") {
    const Records records = repeated("one_cell", 2'001);
    REQUIRE(records.trials.size() > 20'000);
    const auto charts = charts_of(Cells(records));
    REQUIRE(!charts.empty());
    CHECK(lines_of(charts.front().script, "right") == 2);
    CHECK(lines_of(charts.front().script, "quartiles") == 1);
    CHECK(lines_of(charts.front().script, "medians") == 1);
}

TEST_CASE("a distribution is drawn from twenty trials on, where the times differ") {
    const auto name = [](const Records& records) { return ecdf_name(records.runs.front().scenarios.front(), records.trials.front().traffic); };
    const Records few = repeated("one_cell", 1), many = repeated("one_cell", 20);
    REQUIRE(few.trials.size() < 20);
    CHECK_FALSE(has(charts_of(Cells(few)), name(few)));
    CHECK(has(charts_of(Cells(many)), name(many)));
    Records alike = many;
    for (TrialLine& trial : alike.trials) trial.noticed_after = std::chrono::seconds{75};
    CHECK_FALSE(has(charts_of(Cells(alike)), name(alike)));
}

TEST_CASE("what a method costs is what it makes the server send in a minute beside a living client, less the control's") {
    Records records = golden::records("laws");
    const Cells before(records);
    const std::string column = living_column(before)->name, traffic = before.traffics().front();
    for (TrialLine& trial : records.trials) {
        if (trial.scenario != column || trial.traffic != traffic) continue;
        trial.horizon = std::chrono::seconds{120};
        trial.cost = Cost{trial.detector == "keepalive" ? 6 : 2, 0, 10, 0};
    }
    const Cells cells(records);
    const Costs costs = costs_of(cells);
    const auto row = [&](const std::string& name) {
        const auto found = std::find_if(costs.rows.begin(), costs.rows.end(), [&](const CostRow& one) { return one.head->name == name; });
        REQUIRE(found != costs.rows.end());
        return *found;
    };
    const bool has_control = std::any_of(records.trials.begin(), records.trials.end(), [&](const TrialLine& t) {
        return t.detector == "noop" && t.scenario == column && t.traffic == traffic;
    });
    CHECK(std::abs(row("keepalive").segments - (has_control ? 2 : 3)) < 1e-9);
    CHECK(std::abs(row("keepalive").wakeups - 5) < 1e-9);
    CHECK(row("keepalive").noticed > 0);
    CHECK(row("keepalive").worst > std::chrono::seconds{60});
    CHECK(std::none_of(costs.rows.begin(), costs.rows.end(), [](const CostRow& one) { return one.head->name == "recv"; }));
}

TEST_CASE("where nothing may be ranked no cost is set beside another") {
    CHECK(costs_of(Cells(golden::records("invalid"))).rows.empty());
}

TEST_CASE("what gnuplot wrote becomes one picture: its own names, no script, words in the places of the tokens") {
    Chart chart;
    chart.name = "drop-idle";
    chart.title = "a < b";
    chart.words = {"~1~ & \"quoted\"", "second\x01"};
    const std::string drawn = "<?xml version=\"1.0\"?>\n<svg>\n<g id=\"gnuplot_canvas\">\n<defs><filter id='textbox'/></defs>\n"
                              "<g id=\"chart_plot_1\" ><title>chart_plot_1</title>\n"
                              "<g onmousemove=\"gnuplot_svg.showHypertext(evt,'~1~')\" onmouseout=\"gnuplot_svg.hideHypertext()\"><title> </title>\n"
                              "\t<use xlink:href='#gpPt6' transform='translate(1.50,2.00) scale(3.00)' color='rgb( 31,  35,  40)'/></g>\n\t</g>\n"
                              "<text>~0~</text>\n</g>\n</svg>\n";
    const std::string page = finished_picture(chart, drawn, Look::page), dark = finished_picture(chart, drawn, Look::dark);
    CHECK(says(page, "<text>~1~ &amp; &quot;quoted&quot;</text>"));
    CHECK(says(page, "<g fill='var(--ink)'><circle r='3' cx='1.5' cy='2'><title>second </title></circle></g>"));
    CHECK(says(dark, "fill='#e6edf3'"));
    CHECK(says(dark, "aria-labelledby=\"chart-drop-idle-title\" aria-describedby=\"chart-drop-idle-how\""));
    CHECK(says(page, "<title id=\"chart-drop-idle-title\">a &lt; b</title>"));
    for (const char* gone : {"onmouse", "textbox", "chart_plot", "gpPt", "<?xml", "\n\n"}) CHECK_FALSE(says(page, gone));
    CHECK(finished_picture(chart, "", Look::light).empty());
}

TEST_CASE("a report links its pictures, has the text plot under each, and says how they are read") {
    const Records records = golden::records("laws");
    const Cells cells(records);
    std::vector<Chart> charts = charts_of(cells);
    const std::vector<std::string> drawn(charts.size(), "<defs></defs></g></svg>");
    const std::string report = markdown_report(records, Pictures(charts, drawn).linked("my charts"));
    CHECK(says(report, "<img src=\"my%20charts/silent-drop-idle.svg\" alt=\"drop: who noticed, and when\" />"));
    CHECK(says(report, "srcset=\"my%20charts/silent-drop-idle-dark.svg\""));
    CHECK(says(report, "<details><summary>the picture as text</summary>\n\n```text\n"));
    CHECK(says(report, "*In the pictures.* A dot is a trial"));
    const std::string without = markdown_report(records, Pictures("there is no gnuplot"));
    CHECK(says(without, "*No pictures: there is no gnuplot. The plots in text hold the same.*"));
    CHECK_FALSE(says(without, "<picture>"));
}
