// The HTML report in a real browser: headless Chromium opens a copy that holds a script of ours, which does what a reader
// does and writes down what became of it.

#include <nlohmann/json.hpp>

#include "support/browser.h"
#include "support/catch.h"
#include "support/program.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace {

/// With its pictures, where gnuplot can draw them.
std::string page_of(const std::string& stem) { return run_program({"report", source_tree() + "/tests/golden/" + stem + ".jsonl", "--html"}).out; }

const std::string keepalive = "keepalive:idle=60s,interval=5s,count=3/silent-drop/idle";

} // namespace

TEST_CASE("the page opens without a complaint, and fetches nothing") {
    NEEDS_CHROMIUM;
    for (const char* stem : {"laws", "virtual_6_1", "one_cell", "controls", "invalid", "try_leaks"}) {
        INFO(stem);
        const Seen seen = in_browser(page_of(stem), "return document.querySelector('h1').textContent.length > 0;");
        CHECK(seen.said == true);
        CHECK(seen.problems == std::vector<std::string>{});
    }
}

TEST_CASE("the deadline recolours what came later, and takes it from the right answers") {
    NEEDS_CHROMIUM;
    const Seen seen = in_browser(page_of("laws"), R"js(
        const link = document.querySelector('a[href="#cell=)js" + keepalive + R"js("]');
        const row = link.closest("tr").lastElementChild, slider = document.getElementById("deadline");
        const look = () => [link.parentElement.classList.contains("late"), row.textContent];
        const at_any_time = look();
        slider.value = 20;
        slider.dispatchEvent(new Event("input"));
        return { at_any_time, in_time: look(), limit: document.getElementById("limit").textContent };)js");
    INFO(seen.said.dump());
    CHECK(seen.said["at_any_time"][0] == false);
    CHECK(seen.said["in_time"][0] == true);
    CHECK(seen.said["at_any_time"][1] != seen.said["in_time"][1]);
    CHECK(seen.said["limit"] == "2.9 s");
    CHECK(seen.problems == std::vector<std::string>{});
}

TEST_CASE("a cell opens by click, by keyboard and by its link, and Escape gives the place back") {
    NEEDS_CHROMIUM;
    const std::string wait = "const wait = () => new Promise((done) => setTimeout(done, 50));";
    const Seen by_hand = in_browser(page_of("laws"), wait + R"js(
        const link = document.querySelector('a[href="#cell=)js" + keepalive + R"js("]'), detail = document.getElementById("detail");
        link.click();
        await wait();
        const opened = [!detail.hidden, document.activeElement.id, detail.querySelectorAll("tbody tr").length, detail.querySelectorAll("circle").length];
        document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
        const closed = [detail.hidden, document.activeElement === link];
        link.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
        const below = document.activeElement.getAttribute("href");
        return { opened, closed, below };)js");
    INFO(by_hand.said.dump());
    CHECK(by_hand.said["opened"] == nlohmann::json({true, "detail-title", 1, 1}));
    CHECK(by_hand.said["closed"] == nlohmann::json({true, true}));
    CHECK_THAT(by_hand.said["below"].get<std::string>(), ContainsSubstring("/silent-drop/idle"));
    CHECK(by_hand.problems == std::vector<std::string>{});
    const Seen by_link = in_browser(page_of("laws"), wait + "await wait(); return document.getElementById('detail-body').textContent;", 1200,
                                    "#cell=" + keepalive);
    CHECK_THAT(by_link.said.get<std::string>(), ContainsSubstring("noticed silent-drop (idle) in 1 of 1 trial"));
}

TEST_CASE("filters leave what was asked for, and the count of right answers follows") {
    NEEDS_CHROMIUM;
    const Seen seen = in_browser(page_of("laws"), R"js(
        const choose = (id, value) => { const e = document.getElementById(id); e.value = value; e.dispatchEvent(new Event("change")); };
        const shown = (what) => [...document.querySelectorAll(what)].filter((e) => e.offsetParent !== null).length;
        choose("traffic", "");
        const all = [shown(".profile"), shown(".matrix tbody tr")];
        choose("traffic", "idle"); choose("rows", "law"); choose("columns", "says goodbye");
        return { all, some: [shown(".profile"), shown(".matrix tbody tr"), shown(".matrix tbody tr:first-child td:not(.right)")],
                 right: document.querySelector(".matrix tbody tr").lastElementChild.textContent };)js");
    INFO(seen.said.dump());
    CHECK(seen.said["some"][0] == 1);
    CHECK(seen.said["some"][1].get<int>() < seen.said["all"][1].get<int>());
    CHECK(seen.said["some"][2] == 3);
    CHECK(seen.said["right"] == "2/3");
}

TEST_CASE("axe finds no barrier in the page, in light and in dark, with a cell open") {
    NEEDS_CHROMIUM;
    const std::string axe = script_named_by("HALFOPEN_AXE");
    if (axe.empty()) HALFOPEN_SKIP("HALFOPEN_AXE names no script (tests/support/browser_script axe FILE fetches it)");
    for (const auto& [stem, theme] : {std::pair{"laws", "light"}, {"laws", "dark"}, {"try_leaks", "light"}}) {
        INFO(stem << ", " << theme);
        const Seen seen = in_browser(page_of(stem), axe + R"js(
            ;document.documentElement.dataset.theme = ")js" + theme + R"js(";
            await new Promise((done) => setTimeout(done, 100));
            const found = await axe.run();
            return found.violations.filter((v) => v.impact === "serious" || v.impact === "critical")
                .map((v) => v.id + ": " + v.nodes[0].html.slice(0, 200) + " " + (v.nodes[0].any[0] || {}).message);)js", 1200, "#cell=" + keepalive);
        INFO(seen.said.dump(1));
        CHECK(seen.said == nlohmann::json::array());
    }
}

TEST_CASE("on paper there are no controls, every profile is there, what is folded is unfolded, and nothing scrolls") {
    NEEDS_CHROMIUM;
    // A browser without a head shows no paper: the rules for it are taken for those of the screen.
    std::string page = page_of("laws");
    const std::string rules = "@media print {";
    REQUIRE(page.find(rules) != std::string::npos);
    page.replace(page.find(rules), rules.size(), "@media screen {");
    const Seen seen = in_browser(page, R"js(
        const shown = (e) => e.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) && e.getBoundingClientRect().height > 0;
        document.querySelector(".profile").hidden = true;
        const folded = [...document.querySelectorAll("details:not([open]) > :not(summary)")];
        return { controls: shown(document.getElementById("controls")), detail: shown(document.getElementById("detail")),
                 profiles: [...document.querySelectorAll(".profile")].every(shown), folded: folded.length, unfolded: folded.filter(shown).length,
                 scrolling: [...document.querySelectorAll(".scroll, pre")].filter((e) => getComputedStyle(e).overflowX !== "visible").length };)js");
    INFO(seen.said.dump());
    CHECK(seen.said["controls"] == false);
    CHECK(seen.said["detail"] == false);
    CHECK(seen.said["profiles"] == true);
    CHECK(seen.said["folded"].get<int>() > 0);
    CHECK(seen.said["unfolded"] == seen.said["folded"]);
    CHECK(seen.said["scrolling"] == 0);
}

TEST_CASE("on a telephone nothing is cut: only tables and code scroll, each by itself") {
    NEEDS_CHROMIUM;
    for (const char* stem : {"laws", "try_leaks"}) {
        INFO(stem);
        const Seen seen = in_browser(page_of(stem), "return [document.documentElement.scrollWidth, innerWidth];", 360);
        CHECK(seen.said[1] == 360);
        CHECK(seen.said[0].get<int>() <= 360);
    }
}
