#include "harness/trial/captured_json.h"

#include <array>

#include "harness/base/names.h"

namespace halfopen {

namespace {

constexpr std::array<std::string_view, 2> tap_names{"client", "server"};
constexpr std::string_view digits_of_hex = "0123456789abcdef";

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        text += digits_of_hex[static_cast<uint8_t>(c) >> 4];
        text += digits_of_hex[static_cast<uint8_t>(c) & 15];
    }
    return text;
}

std::string bytes_of_hex(const Object& o, const char* key) {
    const std::string text = o.text(key);
    std::string bytes;
    for (size_t i = 0; i + 1 < text.size(); i += 2) {
        const size_t high = digits_of_hex.find(text[i]), low = digits_of_hex.find(text[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) throw BadInput(o.wrong(key, "hexadecimal"));
        bytes += static_cast<char>(high * 16 + low);
    }
    if (text.size() % 2) throw BadInput(o.wrong(key, "whole bytes"));
    return bytes;
}

Json json_of(const CapturedPacket& p) {
    return {{"after_fault_ns", p.after_fault.count()},
            {"at", tap_names[static_cast<size_t>(p.tap)]},
            {"out", p.outgoing},
            {"length", p.length},
            {"hex", hex(p.bytes)}};
}

CapturedPacket packet(const Object& o) {
    const auto parse_tap = [](std::string_view word) { return parse_enum<Tap>(tap_names, word); };
    return {o.time("after_fault_ns"), o.word("at", parse_tap), o.flag("out"), o.small<uint32_t>("length"), bytes_of_hex(o, "hex")};
}

} // namespace

Json json_of(const CaptureLine& line) {
    Json packets = Json::array();
    for (const CapturedPacket& p : line.part.packets) packets.push_back(json_of(p));
    return {{"type", "capture"},
            {"id", line.id},
            {"attempt", line.attempt},
            {"part", line.number},
            {"fault_utc_ns", line.part.fault_utc.count()},
            {"lost", line.part.lost},
            {"packets", packets}};
}

CaptureLine read_capture(const Object& o) {
    CaptureLine line{o.text("id"), o.small<int>("attempt"), o.small<int>("part"), {o.time("fault_utc_ns"), o.small<int>("lost"), {}}};
    o.each("packets", [&](const Object& item) { line.part.packets.push_back(packet(item)); });
    return line;
}

} // namespace halfopen
