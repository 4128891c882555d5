// Ladders without a picture: for terminals, mail and Mermaid.

#include <algorithm>

#include <fmt/format.h>

#include "reports/ladder.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr size_t client_column = 13;

/// The columns of the three lanes in so much room.
class Lanes {
public:
    explicit Lanes(size_t width) : server_(width - 1), router_((client_column + width - 1) / 2) {}
    size_t column(Lane lane) const { return lane == Lane::client ? client_column : lane == Lane::router ? router_ : server_; }
    size_t server() const { return server_; }
    size_t router() const { return router_; }

    /// The three lanes, and nothing between them.
    std::string line(const std::string& begin) const {
        std::string line = pad_right(begin, server_ + 1);
        for (const size_t at : {client_column, router_, server_}) line[at] = '|';
        return line;
    }

private:
    size_t server_, router_;
};

std::string at_time(Duration at) { return pad_left(seconds_of(at), client_column - 1) + " "; }

/// Into the middle between two columns, cut off where there is no room.
void write_between(std::string& line, size_t from, size_t to, const std::string& text) {
    const size_t room = to - from - 1;
    if (room < 8) return;
    const std::string words = " " + cut(ascii(text), room - 3) + " ";
    line.replace(from + 1 + (room - words.size()) / 2, words.size(), words);
}

std::string packet_line(const Rung& rung, const Lanes& lanes) {
    std::string line = lanes.line(at_time(rung.at));
    const size_t from = lanes.column(rung.from), to = lanes.column(rung.to), left = std::min(from, to), right = std::max(from, to);
    std::fill(line.begin() + static_cast<std::ptrdiff_t>(left) + 1, line.begin() + static_cast<std::ptrdiff_t>(right), '-');
    line[from < to ? to - 1 : to + 1] = rung.lost ? 'X' : from < to ? '>' : '<';
    const size_t room = right - left - 4;
    std::string text = rung.text;
    if (rung.on_its_way > Duration::zero()) text += fmt::format(", {} under way", say(rung.on_its_way));
    const bool is_short = right - left < lanes.server() - client_column;
    if (!rung.name.empty() && !is_short) text = rung.name + ": " + text;
    if (text.size() > room) text = !rung.name.empty() && !is_short ? rung.name + ": " + rung.text : rung.text;
    if (text.size() > room && !rung.name.empty() && !is_short) text = rung.name;
    write_between(line, left, right, text);
    // What a timer sent has its name in the half that is free.
    if (!rung.name.empty() && is_short)
        write_between(line, left == client_column ? lanes.router() : client_column, left == client_column ? lanes.server() : lanes.router(), rung.name);
    return line;
}

std::string rung_line(const Rung& rung, const Lanes& lanes) {
    switch (rung.kind) {
    case Rung::Kind::packet: return packet_line(rung, lanes);
    case Rung::Kind::event: {
        const char sign = rung.is_fault ? '=' : '~';
        std::string line = at_time(rung.at) + std::string(lanes.server() + 1 - client_column, sign);
        write_between(line, client_column, lanes.server(), rung.text);
        return line;
    }
    case Rung::Kind::notice: {
        std::string line = lanes.line(at_time(rung.at));
        const std::string words = cut(ascii(rung.text), lanes.server() - client_column - 6) + " *";
        line.replace(lanes.server() - words.size(), words.size(), words);
        return line;
    }
    case Rung::Kind::silence:
    case Rung::Kind::left_out: {
        std::string line = lanes.line(std::string(client_column, ' '));
        std::replace(line.begin(), line.end(), '|', ':');
        const bool fits = rung.text.size() + 4 <= lanes.server() - client_column;
        write_between(line, client_column, lanes.server(), fits ? rung.text : rung.text.substr(0, rung.text.find(';')));
        return line;
    }
    }
    return "";
}

std::string letter(Lane lane) { return lane == Lane::client ? "C" : lane == Lane::router ? "R" : "S"; }

/// A message of Mermaid ends at a semicolon, and '#' begins a character's number.
std::string for_mermaid(std::string text) {
    std::replace(text.begin(), text.end(), ';', ',');
    std::replace(text.begin(), text.end(), '#', ' ');
    return text;
}

std::string mermaid_line(const Rung& rung) {
    switch (rung.kind) {
    case Rung::Kind::packet: {
        const std::string text = rung.name.empty() ? rung.text : fmt::format("{} ({} s)", rung.name, seconds_of(rung.at));
        return fmt::format("    {}{}{}: {}\n", letter(rung.from), rung.lost ? "--x" : "->>", letter(rung.to), for_mermaid(text));
    }
    case Rung::Kind::event: return fmt::format("    Note over C,S: {} s {}\n", seconds_of(rung.at), for_mermaid(rung.text));
    case Rung::Kind::notice: return fmt::format("    Note over S: {} s {}\n", seconds_of(rung.at), for_mermaid(rung.text));
    default: return fmt::format("    Note over C,S: {}\n", for_mermaid(rung.text));
    }
}

} // namespace

std::vector<std::string> ladder_lines(const Ladder& ladder, size_t width) {
    const Lanes lanes(std::max(width, narrowest_ladder));
    std::string heads = pad_left("seconds", client_column - 1) + " client";
    heads = pad_right(heads, lanes.router() - 2) + "router";
    std::vector<std::string> lines{pad_right(heads, lanes.server() - 5) + "server"};
    for (const Rung& rung : ladder.rungs) lines.push_back(rung_line(rung, lanes));
    if (ladder.lost) lines.push_back(fmt::format("{} passed that there was no room for.", counted(ladder.lost, "packet")));
    return lines;
}

std::string ladder_text(const Ladder& ladder) { return joined(ladder_lines(ladder, 80), "\n") + "\n"; }

std::string ladder_mermaid(const Ladder& ladder) {
    // GitLab and Gitea draw nothing that is much longer, and nobody reads it.
    constexpr size_t most_arrows = 25, most_characters = 1800;
    const auto arrows =
        std::count_if(ladder.rungs.begin(), ladder.rungs.end(), [](const Rung& r) { return r.kind == Rung::Kind::packet; });
    std::string text = "sequenceDiagram\n    participant C as client\n    participant R as router\n    participant S as server\n";
    for (const Rung& rung : ladder.rungs) text += mermaid_line(rung);
    return static_cast<size_t>(arrows) > most_arrows || text.size() > most_characters ? "" : text;
}

} // namespace halfopen
