// Diagrams in Mermaid, read by Mermaid's own parser in a browser.

#include <filesystem>
#include <sstream>

#include "harness/base/files.h"
#include "reports/markdown.h"
#include "support/browser.h"
#include "support/catch.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace {

#define NEEDS_MERMAID                                                                                                  \
    NEEDS_CHROMIUM;                                                                                                    \
    if (script_named_by("HALFOPEN_MERMAID").empty())                                                                   \
    HALFOPEN_SKIP("HALFOPEN_MERMAID names no script (tests/support/browser_script mermaid FILE fetches it)")

/// The blocks of a Markdown text that are fenced as Mermaid.
std::vector<std::string> diagrams_of(const std::string& markdown) {
    std::vector<std::string> found;
    std::istringstream lines(markdown);
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) {
            inside = !inside && line == "```mermaid";
            if (inside) found.emplace_back();
        } else if (inside) {
            found.back() += line + "\n";
        }
    }
    return found;
}

/// What Mermaid says of each: the kind of diagram that it took it for, or its complaint.
std::vector<std::string> kinds_of(const std::vector<std::string>& diagrams) {
    const std::string page = "<!doctype html><html><head><meta charset=\"utf-8\"><script>" + script_named_by("HALFOPEN_MERMAID") +
                             "</script></head><body></body></html>";
    const Seen seen = in_browser(page, "const all = " + nlohmann::json(diagrams).dump() + R"js(;
        mermaid.initialize({ startOnLoad: false });
        const kinds = [];
        for (const one of all)
            try { kinds.push((await mermaid.parse(one)).diagramType); } catch (e) { kinds.push("no diagram: " + e.message); }
        return kinds;)js");
    INFO(seen.said.dump());
    REQUIRE(seen.said.is_array());
    return seen.said.get<std::vector<std::string>>();
}

constexpr const char* ladder = R"(sequenceDiagram
    participant C as client
    participant S as server (recv)
    C->>S: SYN
    S->>C: SYN, ACK
    C->>S: ACK
    Note over C,S: 0.000 s cable pulled
    Note over S: 10 s of silence
    S--xC: keepalive probe 1 (10 s)
    S--xC: probe 2 (15 s)
    S--xC: probe 3 (20 s)
    Note over S: 25.0 s recv() = ETIMEDOUT
)";

} // namespace

TEST_CASE("a packet ladder is a diagram to Mermaid, and one with a broken arrow or without its first word is none") {
    NEEDS_MERMAID;
    std::string broken = ladder, headless = ladder;
    broken.replace(broken.find("C->>S: SYN"), 5, "C-=>S");
    headless.erase(0, headless.find('\n') + 1);
    const auto kinds = kinds_of({ladder, broken, headless});
    REQUIRE(kinds.size() == 3);
    CHECK(kinds[0] == "sequence");
    CHECK(kinds[1].starts_with("no diagram: "));
    CHECK(kinds[2].starts_with("no diagram: "));
}

TEST_CASE("every diagram in the reports of the gallery, in the goldens and in the pages is one to Mermaid, and short enough") {
    NEEDS_MERMAID;
    namespace fs = std::filesystem;
    std::vector<std::string> diagrams, files;
    for (const char* folder : {"reports/gallery", "tests/golden", "scenarios", "detectors"})
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(source_tree()) / folder))
            if (entry.path().extension() == ".md")
                for (const std::string& diagram : diagrams_of(read_text(entry.path()))) {
                    INFO(entry.path().string() << ":\n" << diagram);
                    CHECK(diagram.size() <= 1800); // GitLab and Gitea draw no longer ones.
                    diagrams.push_back(diagram);
                    files.push_back(entry.path().string());
                }
    const auto kinds = kinds_of(diagrams);
    REQUIRE(kinds.size() == diagrams.size());
    for (size_t i = 0; i < kinds.size(); ++i) {
        INFO(files[i] << ":\n" << diagrams[i]);
        CHECK(kinds[i] == "sequence");
    }
}
