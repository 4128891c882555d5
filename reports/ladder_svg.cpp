// A ladder as a picture. It is ours to draw: it is what the program exists for, and no chart engine knows its form.

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "reports/html_parts.h"
#include "reports/ladder.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr int width = 860, client_x = 190, router_x = 500, server_x = 810, row = 24, margin = 12;
/// A character of these fonts is so wide.
constexpr double character = 7.83;

struct Colours {
    const char *paper, *ink, *faint, *line, *noticed, *fault;
};
constexpr Colours light{"#ffffff", "#1f2328", "#59636e", "#d0d7de", "#0550ae", "#a40e26"};
constexpr Colours dark_ones{"#0d1117", "#e6edf3", "#9198a1", "#3d444d", "#79b8ff", "#ff8182"};

/// A page that has these properties gives its own colours.
std::string style(const Colours& c) {
    return fmt::format("<style>.ladder{{font:13px ui-monospace,\"DejaVu Sans Mono\",monospace;font-variant-numeric:tabular-nums}}"
                       ".ladder .card{{fill:var(--paper,{0});stroke:var(--line,{3})}}.ladder text{{fill:var(--ink,{1})}}"
                       ".ladder .faint{{fill:var(--faint,{2})}}.ladder .lane{{stroke:var(--line,{3});stroke-width:2}}"
                       ".ladder .arrow{{stroke:var(--ink,{1});stroke-width:1.5;fill:none}}.ladder .head{{fill:var(--ink,{1})}}"
                       ".ladder .lost{{stroke-dasharray:5 4}}.ladder .cross{{stroke:var(--broken,{5});stroke-width:2.5;fill:none}}"
                       ".ladder .fault{{stroke:var(--broken,{5});stroke-width:2}}.ladder text.fault{{stroke:none;fill:var(--broken,{5});font-weight:700}}"
                       ".ladder .event{{stroke:var(--faint,{2});stroke-dasharray:2 3}}"
                       ".ladder text.notice{{fill:var(--link,{4});font-weight:700}}.ladder circle.notice{{fill:var(--link,{4})}}"
                       ".ladder .plate{{fill:var(--paper,{0})}}.ladder .title{{font-weight:700}}</style>",
                       c.paper, c.ink, c.faint, c.line, c.noticed, c.fault);
}

int x_of(Lane lane) { return lane == Lane::client ? client_x : lane == Lane::router ? router_x : server_x; }

/// Text on a plate of the card's colour, so that no line runs through it.
std::string words_at(int x, int y, const std::string& text, const char* kind, const char* anchor = "middle") {
    const double wide = character * static_cast<double>(display_width(text)) + 8;
    const double left = std::string_view(anchor) == "end" ? x - wide + 4 : x - wide / 2;
    return fmt::format("<rect class=\"plate\" x=\"{:.0f}\" y=\"{}\" width=\"{:.0f}\" height=\"16\"/><text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>",
                       left, y - 12, wide, kind, x, y, anchor, html_text(text));
}

std::string time_at(int y, Duration at) {
    return fmt::format("<text class=\"faint\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", client_x - 24, y + 4, seconds_of(at));
}

std::string arrow(const Rung& rung, int y) {
    const int from = x_of(rung.from), to = x_of(rung.to), step = from < to ? 1 : -1;
    const int end = to - step * (rung.lost ? 14 : 3);
    std::string svg = fmt::format("<line class=\"arrow{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>", rung.lost ? " lost" : "", from, y, end, y);
    svg += rung.lost ? fmt::format("<path class=\"cross\" d=\"M{} {}l10 10m0 -10l-10 10\"/>", end - 5, y - 5)
                     : fmt::format("<path class=\"head\" d=\"M{} {}l{} -5v10z\"/>", to - step * 2, y, -step * 10);
    std::string text = rung.text;
    if (rung.on_its_way > Duration::zero()) text += fmt::format(", {} under way", say(rung.on_its_way));
    const bool whole = rung.from != Lane::router && rung.to != Lane::router;
    if (whole && !rung.name.empty()) text = rung.name + ": " + text;
    svg += words_at((from + to) / 2, y + 4, text, "");
    // What a timer sent has its name in the half that is free.
    if (!whole && !rung.name.empty()) svg += words_at(std::min(from, to) == client_x ? (router_x + server_x) / 2 : (client_x + router_x) / 2, y + 4, rung.name, "faint");
    return svg;
}

std::string drawn(const Rung& rung, int y) {
    const int middle = (client_x + server_x) / 2;
    switch (rung.kind) {
    case Rung::Kind::packet: return time_at(y, rung.at) + arrow(rung, y);
    case Rung::Kind::event: {
        const char* kind = rung.is_fault ? "fault" : "event";
        return time_at(y, rung.at) + fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>", kind, client_x - 12, y, server_x + 12, y) +
               words_at(middle, y + 4, rung.text, rung.is_fault ? "fault" : "faint");
    }
    case Rung::Kind::notice:
        return time_at(y, rung.at) + words_at(server_x - 14, y + 4, rung.text, "notice", "end") +
               fmt::format("<circle class=\"notice\" cx=\"{}\" cy=\"{}\" r=\"6\"/>", server_x, y);
    case Rung::Kind::silence: {
        // The lanes are broken where time is.
        std::string svg;
        for (const int x : {client_x, router_x, server_x})
            svg += fmt::format("<rect class=\"plate\" x=\"{0}\" y=\"{1}\" width=\"8\" height=\"12\"/><path class=\"lane\" style=\"fill:none\" d=\"M{2} {1}l-4 4l8 4l-4 4\"/>",
                               x - 4, y - 6, x);
        return svg + words_at(middle, y + 4, rung.text, "faint");
    }
    case Rung::Kind::left_out: return words_at(middle, y + 4, rung.text, "faint");
    }
    return "";
}

/// What the ladder is of, for whoever has the picture alone; and where it ends.
std::pair<std::string, int> heading(const Ladder& ladder) {
    std::string svg;
    int y = margin;
    std::istringstream lines(wrapped(ladder.title, static_cast<size_t>((width - 2 * margin) / character)));
    for (std::string line; std::getline(lines, line);) {
        y += 17;
        svg += fmt::format("<text class=\"title\" x=\"{}\" y=\"{}\">{}</text>\n", margin, y, html_text(line));
    }
    return {svg, y};
}

/// For whoever hears a picture.
std::string description(const Ladder& ladder) {
    std::string text;
    for (const Rung& rung : ladder.rungs)
        if (rung.kind == Rung::Kind::event || rung.kind == Rung::Kind::notice)
            text += fmt::format("{}{} s: {}", text.empty() ? "" : "; ", seconds_of(rung.at), rung.text);
    return text;
}

} // namespace

std::string ladder_svg(const Ladder& ladder, bool dark) {
    const auto [title, title_ends] = heading(ladder);
    const int heads_at = title_ends + 30, lanes_from = heads_at + 10, top = heads_at + 34;
    const int bottom = top + row * static_cast<int>(ladder.rungs.size());
    std::string svg = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ladder\" role=\"img\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">"
                                  "<title>{2}</title><desc>{3}</desc>",
                                  width, bottom + 12, html_text("Packet ladder: " + ladder.title), html_text(description(ladder)));
    svg += style(dark ? dark_ones : light);
    svg += fmt::format("<rect class=\"card\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"8\"/>", width - 1, bottom + 11) + title;
    const std::pair<int, const char*> heads[] = {{client_x, "client"}, {router_x, "router"}, {server_x, "server"}};
    for (const auto& [x, name] : heads)
        svg += fmt::format("<text x=\"{0}\" y=\"{3}\" text-anchor=\"middle\">{1}</text><line class=\"lane\" x1=\"{0}\" y1=\"{4}\" x2=\"{0}\" y2=\"{2}\"/>", x, name, bottom, heads_at, lanes_from);
    svg += fmt::format("<text class=\"faint\" x=\"{}\" y=\"{}\" text-anchor=\"end\">seconds</text>\n", client_x - 40, heads_at);
    int y = top;
    for (const Rung& rung : ladder.rungs) {
        svg += drawn(rung, y) + "\n";
        y += row;
    }
    return svg + "</svg>\n";
}

} // namespace halfopen
