#include "support/browser.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/base/files.h"
#include "support/catch.h"
#include "support/folder.h"

namespace halfopen::testing {

namespace {

void put(std::string& html, const std::string& before, const std::string& script) {
    const size_t at = html.rfind(before);
    REQUIRE(at != std::string::npos);
    html.insert(at, "<script>" + script + "</script>\n");
}

} // namespace

Seen in_browser(std::string html, const std::string& steps, int width, const std::string& fragment) {
    const Folder folder;
    put(html, "<meta charset", R"js(
        window.problems = [];
        addEventListener("error", (e) => problems.push("error: " + e.message));
        addEventListener("unhandledrejection", (e) => problems.push("rejection: " + e.reason));
        document.addEventListener("securitypolicyviolation", (e) => problems.push("blocked: " + e.violatedDirective));
        console.error = console.warn = (...words) => problems.push(words.join(" "));)js");
    put(html, "</body>", R"js((async () => {
        let said;
        try { said = await (async () => {)js" + steps + R"js(})(); } catch (e) { said = "threw " + e; }
        for (const one of performance.getEntriesByType("resource")) problems.push("fetched " + one.name);
        parent.postMessage(JSON.stringify({ said, problems }), "*");
    })();)js");
    std::ofstream(folder.path() / "page.html", std::ios::binary) << html;
    std::ofstream(folder.path() / "frame.html")
        << "<!doctype html><pre id=\"said\"></pre><script>addEventListener('message', (e) => { "
           "document.getElementById('said').textContent = e.data; });</script>"
        << "<iframe src=\"page.html" << fragment << "\" style=\"width:" << width << "px;height:900px;border:0\"></iframe>";
    const std::string dom = halfopen::output_of({"chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                                       "--disable-background-networking", "--user-data-dir=" + (folder.path() / "profile").string(),
                                       "--window-size=1400,1000", "--virtual-time-budget=20000", "--dump-dom",
                                       "file://" + (folder.path() / "frame.html").string()});
    const std::string begin = "<pre id=\"said\">";
    const size_t at = dom.find(begin);
    REQUIRE(at != std::string::npos);
    std::string text = dom.substr(at + begin.size(), dom.find("</pre>", at) - at - begin.size());
    for (const auto& [escaped, plain] : {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}})
        for (size_t found = text.find(escaped); found != std::string::npos; found = text.find(escaped, found + 1))
            text.replace(found, std::string(escaped).size(), plain);
    INFO(text);
    const auto json = nlohmann::json::parse(text);
    return {json["said"], json["problems"].get<std::vector<std::string>>()};
}

std::string script_named_by(const char* variable) {
    const char* file = std::getenv(variable);
    return file && std::filesystem::exists(file) ? read_text(file) : "";
}

} // namespace halfopen::testing
