// A ladder that is read aloud.

#include <fmt/format.h>

#include "reports/ladder.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::string host(Lane lane) { return lane == Lane::client ? "the client" : lane == Lane::router ? "the router" : "the server"; }

/// "P. seq 65 len 64" as words is "PSH, ACK, sequence number 65, 64 bytes".
std::string segment_words(const std::string& text) {
    const size_t sequence = text.find(" seq "), length = text.find(" len ");
    if (sequence == text.npos || length == text.npos) return text;
    std::vector<std::string> flags;
    for (const char sign : text.substr(0, sequence))
        flags.emplace_back(sign == 'S' ? "SYN" : sign == 'F' ? "FIN" : sign == 'R' ? "RST" : sign == 'P' ? "PSH" : sign == 'U' ? "URG" : "ACK");
    const std::string bytes = text.substr(length + 5);
    return fmt::format("{}, sequence number {}, {}", list_of(flags), text.substr(sequence + 5, length - sequence - 5),
                       bytes == "0" ? "no data" : bytes + " bytes");
}

std::string packet_words(const Rung& rung) {
    const bool crosses = rung.to != Lane::router && rung.from != Lane::router;
    std::string way = fmt::format("{} to {}", host(rung.from), host(rung.lost && crosses ? Lane::router : rung.to));
    if (rung.lost) way += ", where it is lost";
    const std::string name = rung.name.empty() ? "" : rung.name + ": ";
    const std::string long_way = rung.on_its_way > Duration::zero() ? fmt::format(", {} under way", say(rung.on_its_way)) : "";
    return fmt::format("{}: {}{}{}", way, name, segment_words(rung.text), long_way);
}

} // namespace

std::vector<std::string> ladder_sentences(const Ladder& ladder) {
    std::vector<std::string> all;
    for (const Rung& rung : ladder.rungs) {
        if (rung.kind == Rung::Kind::silence || rung.kind == Rung::Kind::left_out)
            all.push_back(capital(rung.text) + ".");
        else if (rung.kind == Rung::Kind::packet)
            all.push_back(fmt::format("{} s, {}.", seconds_of(rung.at), packet_words(rung)));
        else
            all.push_back(fmt::format("{} s, {}{}.", seconds_of(rung.at), rung.kind == Rung::Kind::notice ? "the server notices: " : "", rung.text));
    }
    if (ladder.lost) all.push_back(fmt::format("{} passed that there was no room for.", counted(ladder.lost, "packet")));
    return all;
}

} // namespace halfopen
