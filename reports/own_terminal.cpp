// A user's own server on a terminal.

#include <algorithm>

#include <fmt/format.h>

#include "reports/own_server.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// Columns as wide as their longest text, two apart.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
    std::vector<size_t> widths(rows.front().size());
    for (const auto& row : rows)
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row[i]));
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (size_t i = 0; i < row.size(); ++i)
            line += "  " + pad_right(row[i], widths[i]);
        while (line.ends_with(' '))
            line.pop_back();
        out += line + "\n";
    }
    return out;
}

std::string table(const std::vector<OwnCell>& owns, const std::string& traffic) {
    std::vector<std::vector<std::string>> rows{
        {"failure", "kernel gave up", "server let go", "by its options"}};
    for (const OwnCell& own : owns)
        if (own.traffic == traffic)
            rows.push_back({own.scenario->label, own.kernel, own.let_go, own.predicted});
    return rows.size() == 1 ? "" : "\n" + own_traffic_title(traffic) + "\n" + aligned(rows);
}

/// "ESTAB 0 15 timer:(on,27.1sec,8)": ss itself names the two queues above its columns only.
std::string without_heads(std::string line) {
    for (const std::string_view head : {"Recv-Q ", "Send-Q "})
        if (const auto at = line.find(head); at != std::string::npos)
            line.erase(at, head.size());
    return line.empty() ? "(no line)" : line;
}

std::string ss_lines(const std::vector<OwnCell>& owns, size_t width) {
    const std::vector<SsKind> kinds = ss_kinds(owns);
    size_t longest = 0;
    for (const SsKind& kind : kinds)
        longest = std::max(longest, without_heads(kind.line).size() + 4);
    std::string out;
    for (const SsKind& kind : kinds) {
        const std::string line = pad_right("  " + without_heads(kind.line), longest);
        const std::string cells = wrapped(say_cells(kind.cells), width - std::min(longest, width - 20), "");
        out += line;
        for (const char c : cells)
            out += c == '\n' ? "\n" + std::string(longest, ' ') : std::string(1, c);
        out += "\n";
    }
    return out.empty() ? out : "\nWhat ss -tno showed last: state, Recv-Q, Send-Q, timer\n" + out;
}

std::string paragraphs(const std::vector<std::string>& sentences, size_t width) {
    std::string out;
    for (const std::string& sentence : sentences)
        out += wrapped(plain(sentence), width, "  ") + "\n";
    return out;
}

} // namespace

std::string own_server_text(const Records& records, const TerminalStyle& style) {
    const Cells cells(records);
    const auto owns = own_cells(cells);
    const auto width = static_cast<size_t>(std::max(style.columns, 40));
    std::string out = wrapped(own_introduction(cells), width) + "\n";
    for (const std::string& traffic : cells.traffics())
        out += table(owns, traffic);
    out += ss_lines(owns, width) + "\n" + paragraphs(own_headline(cells), width) +
           paragraphs(own_leaks(cells), width);
    if (const std::string laws = own_laws(cells); !laws.empty())
        out += paragraphs({laws}, width);
    const std::vector<std::string>& advice = cells.run().server->advice;
    if (!advice.empty())
        out += "\n" + joined(advice, "\n") + "\n";
    return style.ascii ? ascii(out) : out;
}

} // namespace halfopen
