// Ladders without a picture: for terminals, mail and Mermaid.

#include <algorithm>

#include <fmt/format.h>

#include "reports/ladder.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr size_t client_column = 13, router_column = 46, server_column = 79;

size_t column_of(Lane lane) { return lane == Lane::client ? client_column : lane == Lane::router ? router_column : server_column; }

std::string at_time(Duration at) { return pad_left(seconds_of(at), client_column - 1) + " "; }

/// The three lanes, and nothing between them.
std::string lanes(const std::string& begin) {
    std::string line = pad_right(begin, server_column + 1);
    for (const size_t column : {client_column, router_column, server_column}) line[column] = '|';
    return line;
}

/// Into the middle between two columns, cut off where there is no room.
void write_between(std::string& line, size_t from, size_t to, const std::string& text) {
    const size_t room = to - from - 1;
    if (room < 8) return;
    const std::string words = " " + cut(ascii(text), room - 6) + " ";
    line.replace(from + 1 + (room - words.size()) / 2, words.size(), words);
}

std::string packet_line(const Rung& rung) {
    std::string line = lanes(at_time(rung.at));
    const size_t from = column_of(rung.from), to = column_of(rung.to), left = std::min(from, to), right = std::max(from, to);
    std::fill(line.begin() + static_cast<std::ptrdiff_t>(left) + 1, line.begin() + static_cast<std::ptrdiff_t>(right), '-');
    line[from < to ? to - 1 : to + 1] = rung.lost ? 'X' : from < to ? '>' : '<';
    std::string text = rung.text;
    if (rung.on_its_way > Duration::zero()) text += fmt::format(", {} under way", say(rung.on_its_way));
    const bool is_short = right - left < server_column - client_column;
    if (!rung.name.empty() && !is_short) text = rung.name + ": " + text;
    write_between(line, left, right, text);
    // What a timer sent has its name in the half that is free.
    if (!rung.name.empty() && is_short)
        write_between(line, left == client_column ? router_column : client_column, left == client_column ? server_column : router_column, rung.name);
    return line;
}

std::string rung_line(const Rung& rung) {
    switch (rung.kind) {
    case Rung::Kind::packet: return packet_line(rung);
    case Rung::Kind::event: {
        const char sign = rung.is_fault ? '=' : '~';
        std::string line = at_time(rung.at) + std::string(server_column + 1 - client_column, sign);
        write_between(line, client_column, server_column, rung.text);
        return line;
    }
    case Rung::Kind::notice: {
        std::string line = lanes(at_time(rung.at));
        const std::string words = cut(ascii(rung.text), server_column - client_column - 6) + " *";
        line.replace(server_column - words.size(), words.size(), words);
        return line;
    }
    case Rung::Kind::silence:
    case Rung::Kind::left_out: {
        std::string line = lanes(std::string(client_column, ' '));
        std::replace(line.begin(), line.end(), '|', ':');
        write_between(line, client_column, server_column, rung.text);
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

std::string ladder_text(const Ladder& ladder) {
    std::string heads = pad_left("seconds", client_column - 1) + " client";
    heads = pad_right(heads, router_column - 2) + "router";
    std::string text = pad_right(heads, server_column - 5) + "server\n";
    for (const Rung& rung : ladder.rungs) text += rung_line(rung) + "\n";
    if (ladder.lost) text += fmt::format("{} passed that there was no room for.\n", counted(ladder.lost, "packet"));
    return text;
}

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
