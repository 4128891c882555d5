#include "harness/trial/fault_entry.h"

#include <charconv>

#include "harness/base/error.h"
#include "harness/base/names.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

std::vector<std::string> fault_names() {
    std::vector<std::string> names;
    for (const FaultKind* kind : fault_kinds()) names.emplace_back(kind->about.name);
    return names;
}

int read_percent(const TomlFile& file, const toml::table& entry, std::string_view key) {
    const int64_t value = file.integer_or(entry, key, 0);
    if (value < 1 || value > 99) file.fail(file.at(entry, key), fmt::format("\"{}\" must be a number from 1 to 99", key));
    return static_cast<int>(value);
}

/// The keys that a kind can declare, and what each of them sets.
struct Key {
    std::string_view name;
    void (*read)(const TomlFile&, const toml::table&, FaultSettings&);
};
constexpr Key keys[] = {
    {"every", [](auto& f, auto& t, auto& s) { s.every = read_duration(f, t, "every", 1ms, 999ms); }},
    {"away", [](auto& f, auto& t, auto& s) { s.away = read_duration(f, t, "away", 100ms, 1min); }},
    {"back", [](auto& f, auto& t, auto& s) { s.back = read_duration(f, t, "back", 100ms, 1min); }},
    {"delay", [](auto& f, auto& t, auto& s) { s.impairment.delay = read_duration(f, t, "delay", 1ms, 10s); }},
    {"jitter", [](auto& f, auto& t, auto& s) { s.impairment.jitter = read_duration(f, t, "jitter", 1ms, 10s); }},
    {"loss_percent", [](auto& f, auto& t, auto& s) { s.impairment.loss_percent = read_percent(f, t, "loss_percent"); }},
    {"reorder_percent",
     [](auto& f, auto& t, auto& s) { s.impairment.reorder_percent = read_percent(f, t, "reorder_percent"); }},
    {"duplicate_percent",
     [](auto& f, auto& t, auto& s) { s.impairment.duplicate_percent = read_percent(f, t, "duplicate_percent"); }},
    {"corrupt_percent",
     [](auto& f, auto& t, auto& s) { s.impairment.corrupt_percent = read_percent(f, t, "corrupt_percent"); }},
    {"pause", [](auto& f, auto& t, auto& s) { s.pause = read_duration(f, t, "pause", 10ms, 10s); }},
    {"moment", [](auto& f, auto& t, auto& s) { s.moment = read_duration(f, t, "moment", 10ms, 10s); }},
    {"bytes_per_second",
     [](auto& f, auto& t, auto& s) {
         const int64_t value = f.integer_or(t, "bytes_per_second", 0);
         // It reads every 100 ms, and a ping, 8 bytes, should not have to wait for long.
         if (value < 80 || value > 1'000'000)
             f.fail(f.at(t, "bytes_per_second"), "\"bytes_per_second\" must be a number from 80 to 1000000");
         s.bytes_per_second = static_cast<unsigned>(value);
     }},
    {"bits_per_second",
     [](auto& f, auto& t, auto& s) {
         const int64_t value = f.integer_or(t, "bits_per_second", 0);
         if (value < 800 || value > 1'000'000'000)
             f.fail(f.at(t, "bits_per_second"), "\"bits_per_second\" must be a number from 800 to 1000000000");
         s.bits_per_second = static_cast<unsigned>(value);
     }},
};

void read_key(const TomlFile& file, const toml::table& entry, std::string_view name, FaultSettings& settings) {
    for (const Key& key : keys)
        if (key.name == name) return key.read(file, entry, settings);
    throw std::logic_error(fmt::format("a fault declares the key \"{}\", which nobody reads", name));
}

/// The number in "0.5 limit"; nothing for anything else.
std::optional<double> parse_limits(std::string_view text) {
    constexpr std::string_view unit = " limit";
    if (!text.ends_with(unit)) return std::nullopt;
    text.remove_suffix(unit.size());
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value <= 0 || value > 10) return std::nullopt;
    return value;
}

Healing read_healing(const TomlFile& file, const toml::table& entry) {
    const auto limits = parse_limits(file.text(entry, "for"));
    if (limits) return {*limits, read_duration(file, entry, "for_without_limit", 1ms, 1h)};
    if (!parse_duration(file.text(entry, "for")))
        file.fail(file.at(entry, "for"),
                  "\"for\" must be a duration with its unit, \"5s\", or parts of the detector's own limit, \"0.5 limit\"");
    if (entry.contains("for_without_limit"))
        file.fail(file.at(entry, "for_without_limit"),
                  "\"for_without_limit\" takes the place of a \"for\" that is relative to the detector's limit, as "
                  "\"0.5 limit\" is");
    return {0, read_duration(file, entry, "for", 1ms, 1h)};
}

} // namespace

Duration read_duration(const TomlFile& file, const toml::table& entry, std::string_view key, Duration least,
                       Duration most) {
    const auto value = parse_duration(file.text(entry, key));
    if (!value || *value < least || *value > most)
        file.fail(file.at(entry, key), fmt::format("\"{}\" must be a duration from {} to {}, with its unit", key,
                                                   spell(least), spell(most)));
    return *value;
}

FaultEntry read_fault(const TomlFile& file, const toml::table& entry) {
    const std::string name = file.text(entry, "do");
    FaultEntry fault{find_fault(name), {}};
    if (!fault.kind)
        file.fail(file.at(entry, "do"), fmt::format("there is no fault \"{}\"{}; faults: {}", name,
                                                    did_you_mean(name, fault_names()), join_names(fault_names())));
    const FaultInfo& about = fault.kind->about;
    std::vector<std::string> known{"do"};
    known.insert(known.end(), about.keys.begin(), about.keys.end());
    if (about.heals) known.insert(known.end(), {"for", "for_without_limit"});
    file.only(entry, known);
    for (const std::string_view key : about.keys) read_key(file, entry, key, fault.settings);
    const Impairment& path = fault.settings.impairment;
    if (path.jitter > path.delay) file.fail(file.at(entry, "jitter"), "\"jitter\" must not exceed \"delay\"");
    if (entry.contains("for") || entry.contains("for_without_limit")) fault.settings.heals = read_healing(file, entry);
    return fault;
}

} // namespace halfopen
