// The same for the terminal and for Markdown.

#include <algorithm>

#include <fmt/format.h>

#include "reports/own_server.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::string traffic_heading(const std::string& traffic) {
    return traffic == "idle" ? "The server only waits (idle link)" : "The server has just written (its answer meets the fault)";
}

std::string introduction(const Cells& cells) {
    const OwnServerLine& s = *cells.run().server;
    std::string text = fmt::format("{} listened on port {} after {}", cells.detectors().front().name, s.port, short_time(s.listened_after));
    if (s.answered_after) text += fmt::format(", and answered the hello in {}", short_time(*s.answered_after));
    return text + "; its sockets: " + (s.options ? say_options(*s.options) : "options unknown") + ".";
}

std::string table(const std::vector<OwnCell>& owns, const std::string& traffic) {
    const std::vector<std::string> heads{"failure", "kernel gave up", "server let go", "by its options"};
    std::vector<std::vector<std::string>> rows;
    for (const OwnCell& own : owns)
        if (own.traffic == traffic) rows.push_back({own.scenario->label, own.kernel, own.let_go, own.predicted});
    if (rows.empty()) return {};
    rows.insert(rows.begin(), heads);
    std::vector<size_t> widths(heads.size());
    for (const auto& row : rows)
        for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
    std::string out = "\n" + traffic_heading(traffic) + "\n";
    for (const auto& row : rows) {
        std::string line;
        for (size_t i = 0; i < row.size(); ++i) line += (i ? "  " : "  ") + pad_right(row[i], widths[i]);
        while (line.ends_with(' ')) line.pop_back();
        out += line + "\n";
    }
    return out;
}

/// Which lines `ss -tno` shows meanwhile: one for each that is of its own kind.
std::string meanwhile(const std::vector<OwnCell>& owns) {
    std::string out;
    for (const OwnCell& own : owns)
        if (!own.ss.empty()) out += fmt::format("  {} {}  {}\n", pad_right(own.scenario->label, 8), pad_right(own.traffic, 9), own.ss);
    return out.empty() ? out : "\nWhat ss -tno showed last, before the end or at the end of the watch\n" + out;
}

/// How exactly the second column is known.
std::string say_precision(const std::vector<OwnCell>& owns) {
    Duration widest{0};
    for (const OwnCell& own : owns)
        for (const TrialLine* t : own.cell->valid)
            if (t->kernel_knew_after) widest = std::max(widest, t->kernel_knew_after->to - t->kernel_knew_after->from);
    return widest == Duration::zero() ? "The kernel's instants are its own (eBPF)."
                                      : fmt::format("The kernel's instants were seen by looking: each may be up to {} earlier. Root with eBPF has "
                                                    "them exactly.", short_time(widest));
}

std::string advice_lines(const OwnServerLine& s) {
    std::string out;
    for (const std::string& line : s.advice) out += line + "\n";
    return out;
}

} // namespace

std::string own_server_text(const Records& records, const TerminalStyle& style) {
    const Cells cells(records);
    const auto owns = own_cells(cells);
    const auto width = static_cast<size_t>(std::max(style.columns, 40));
    std::string out = wrapped(introduction(cells), width) + "\n";
    for (const std::string& traffic : cells.traffics()) out += table(owns, traffic);
    out += "\n" + wrapped(say_precision(owns), width) + "\n" + meanwhile(owns) + "\n";
    for (const std::string& sentence : own_conclusions(cells)) out += wrapped(sentence, width, "  ") + "\n";
    if (const std::string advice = advice_lines(*cells.run().server); !advice.empty()) out += "\n" + advice;
    return style.ascii ? ascii(out) : out;
}

std::string own_server_section(const Cells& cells) {
    if (!cells.run().server) return {};
    const auto owns = own_cells(cells);
    std::string out = "## Your server\n\n" + md(introduction(cells)) + "\n\n";
    for (const std::string& sentence : own_conclusions(cells)) out += "- " + md(sentence) + "\n";
    out += "\n| failure | traffic | the kernel gave up | the server let go | by its options | what `ss -tno` showed last |\n|:--|:--|--:|--:|--:|:--|\n";
    for (const OwnCell& own : owns)
        out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", md(own.scenario->label), own.traffic, md(own.kernel), md(own.let_go), md(own.predicted),
                           md_code(own.ss));
    out += "\n" + say_precision(owns) + "\n\n";
    if (const std::string advice = advice_lines(*cells.run().server); !advice.empty()) out += "```\n" + advice + "```\n\n";
    return out;
}

} // namespace halfopen
