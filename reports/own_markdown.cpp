// The report of a run of `try`: one server, what it did with clients that were gone, and what would have
// helped.

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "reports/clock.h"
#include "reports/code.h"
#include "reports/own_server.h"
#include "reports/sections.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::string lines(const std::vector<std::string>& sentences, std::string_view before) {
    std::string out;
    for (const std::string& sentence : sentences)
        out += std::string(before) + sentence + "\n";
    return out.empty() ? out : out + "\n";
}

std::string title(const Cells& cells) {
    return fmt::format("# How long does {} keep a client that is gone?\n\n",
                       cells.detectors().empty() ? "the server" : md(cells.detectors().front().name));
}

/// What was kept is what a reader looks for.
std::string emphasised(const OwnCell& own, const std::string& text) {
    return own.is_failure() && !own.is_let_go() ? "**" + md(text) + "**" : md(text);
}

/// The label that the sentences use, with the name that the command line knows.
std::string named(const ScenarioHead& s) {
    return s.label == s.name ? md(s.label) : fmt::format("{} ({})", md(s.label), md(s.name));
}

std::string tables(const Cells& cells, const std::vector<OwnCell>& owns) {
    std::string out;
    for (const std::string& traffic : cells.traffics()) {
        std::string rows;
        for (const OwnCell& own : owns)
            if (own.traffic == traffic)
                rows += fmt::format("| {} | {} | {} | {} |\n", named(*own.scenario), md(own.kernel),
                                    emphasised(own, own.let_go), md(own.predicted));
        if (!rows.empty())
            out += fmt::format("**{}**\n\n| failure | the kernel gave up | the server let go | by its "
                               "options |\n|:--|--:|--:|--:|\n{}\n",
                               md(own_traffic_title(traffic)), rows);
    }
    return out;
}

std::string failures_section(const Cells& cells) {
    std::string out;
    for (const ScenarioHead& column : cells.scenarios())
        out += fmt::format("- **{}** {}: {}\n", md(column.label), md_code(column.name), md(column.summary));
    return out.empty() ? out
                       : "<details><summary>What each failure is</summary>\n\n" + out + "\n</details>\n\n";
}

std::string ss_section(const std::vector<OwnCell>& owns) {
    std::string rows;
    for (const SsKind& kind : ss_kinds(owns))
        rows += fmt::format("| {} | {} | {} |\n", kind.line.empty() ? "*no line*" : md_code(kind.line),
                            md(say_cells(kind.cells)), md(kind.meaning));
    return rows.empty() ? rows
                        : "## What `ss -tno` showed\n\nOf the server's end, when it was seen last: before it "
                          "was let go, or at the end of the "
                          "watch. One line for each kind.\n\n| the line | of | it means |\n|:--|:--|:--|\n" +
                              rows + "\n";
}

/// A method of the laws, as it heads a column.
struct Method {
    int law;
    std::string label;
    bool operator==(const Method&) const = default;
};

std::vector<Method> methods_of(const OwnServerLine& server) {
    std::vector<Method> all;
    for (const WouldNoticeLine& w : server.others)
        if (std::find(all.begin(), all.end(), Method{w.law, w.label}) == all.end())
            all.push_back({w.law, w.label});
    return all;
}

std::string would_notice(const OwnServerLine& server, const OwnCell& own, const Method& method) {
    for (const WouldNoticeLine& w : server.others)
        if (w.scenario == own.scenario->name && w.traffic == own.traffic && Method{w.law, w.label} == method)
            return w.after ? (w.after->to > std::chrono::minutes{1} * 100 ? far_time(w.after->to)
                                                                          : short_time(w.after->to))
                           : "never";
    return "";
}

std::string laws_table(const Cells& cells, const std::vector<OwnCell>& owns, const std::string& traffic) {
    const OwnServerLine& server = *cells.run().server;
    const std::vector<Method> methods = methods_of(server);
    std::string heads = fmt::format("| failure | {}, measured |", md(cells.detectors().front().name)),
                rule = "|:--|--:|", rows;
    for (const Method& method : methods) {
        heads += method.law ? fmt::format(" law {}: {} |", method.law, md(method.label))
                            : fmt::format(" {} |", md(method.label));
        rule += "--:|";
    }
    for (const OwnCell& own : owns) {
        if (own.traffic != traffic || !own.is_failure())
            continue;
        rows += fmt::format("| {} | {} |", md(own.scenario->label),
                            emphasised(own, own.let_go.substr(0, own.let_go.find(':'))));
        for (const Method& method : methods)
            rows += " " + would_notice(server, own, method) + " |";
        rows += "\n";
    }
    return rows.empty()
               ? rows
               : fmt::format("**{}**\n\n{}\n{}\n{}\n", md(own_traffic_title(traffic)), heads, rule, rows);
}

std::string laws_section(const Cells& cells, const std::vector<OwnCell>& owns) {
    if (cells.run().server->others.empty() || owns.empty())
        return {};
    std::string out = "## Which law would have noticed\n\nBy the rules of the kernel, not measured: the "
                      "latest moment at which each method would have "
                      "spoken, laws 1, 2, 3 and 5 done right. *Never* is by the rule, too. To measure one: "
                      "`halfopen run SCENARIO DETECTOR`.\n\n";
    if (const std::string laws = own_laws(cells); !laws.empty())
        out += laws + "\n\n";
    for (const std::string& traffic : cells.traffics())
        out += laws_table(cells, owns, traffic);
    return out;
}

std::string advice_section(const OwnServerLine& server) {
    return server.advice.empty() ? ""
                                 : "## What to set\n\n" + code_block("c", joined(server.advice, "\n"));
}

} // namespace

std::vector<std::string> own_server_sections(const Cells& cells, const Pictures& pictures, bool linked) {
    const std::vector<OwnCell> owns = own_cells(cells);
    const std::string precision = own_precision(owns);
    return {title(cells) + lines(own_headline(cells), "") + lines(own_leaks(cells), "- ") + md(own_introduction(cells)) + "\n\n",
            partial_line(cells),
            trust_lines(cells, linked),
            tables(cells, owns),
            (precision.empty() ? "" : precision + " ") + machine_line(cells),
            failures_section(cells),
            ss_section(owns),
            laws_section(cells, owns),
            advice_section(*cells.run().server),
            own_measured_section(cells, pictures),
            method_section(cells),
            repeat_section(cells),
            own_glossary_section(cells)};
}

std::string own_server_report(const Cells& cells, const Pictures& pictures) { return joined(own_server_sections(cells, pictures), ""); }

} // namespace halfopen
