#include "harness/trial/captured.h"

#include <algorithm>
#include <iterator>

namespace halfopen {

std::vector<CaptureLine> in_parts(const std::string& id, int attempt, const Capture& whole) {
    // Some 450 bytes a packet at most, and a message may have 200 kB.
    constexpr size_t most = 300;
    std::vector<CaptureLine> parts;
    for (size_t from = 0; from < whole.packets.size() || parts.empty(); from += most) {
        CaptureLine line{id, attempt, static_cast<int>(parts.size()) + 1, {whole.fault_utc, from == 0 ? whole.lost : 0, {}}};
        const auto begin = whole.packets.begin() + static_cast<std::ptrdiff_t>(from);
        line.part.packets.assign(begin, begin + static_cast<std::ptrdiff_t>(std::min(most, whole.packets.size() - from)));
        parts.push_back(std::move(line));
    }
    return parts;
}

void append(Capture& whole, CaptureLine line) {
    if (line.number == 1) whole = {};
    whole.fault_utc = line.part.fault_utc;
    whole.lost += line.part.lost;
    std::move(line.part.packets.begin(), line.part.packets.end(), std::back_inserter(whole.packets));
}

std::string file_name_of(std::string_view id) {
    std::string name;
    for (const char c : id) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        name += plain || c == '=' || c == ',' || c == '+' || c == '_' || c == '-' ? c : c == '/' ? '.' : '-';
    }
    return name;
}

std::string capture_file(std::string_view id) { return "captures/" + file_name_of(id) + ".pcapng"; }

} // namespace halfopen
