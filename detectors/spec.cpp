// Specs: "keepalive:idle=60s,interval=5s,count=3" into a detector and back.

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>

#include "detectors/detector.h"
#include "harness/base/error.h"
#include "harness/base/escapes.h"
#include "harness/base/names.h"

namespace halfopen {

namespace {

template <typename Range> std::vector<std::string> names_of(const Range& settings) {
    std::vector<std::string> names;
    for (const SettingInfo& setting : settings)
        names.emplace_back(setting.name);
    return names;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (size_t start = 0; start <= text.size();) {
        const size_t end = std::min(text.find(separator, start), text.size());
        parts.emplace_back(text.substr(start, end - start));
        start = end + 1;
    }
    return parts;
}

/// Reads the values of one spec. Every message begins with the spec, says what is wrong, and how to mend it.
class SpecReader {
public:
    SpecReader(std::string_view spec, const Description& about) : spec_(spec), about_(about) {}

    std::string canonical(const SettingInfo& setting, const std::string& text) const {
        if (text.empty())
            fail("{} has no value; its default is {}={}", setting.name, setting.name, setting.fallback);
        if (setting.fallback == "none" && text == "none")
            return {};
        switch (setting.unit) {
        case SettingInfo::Unit::duration: return duration(setting, text);
        case SettingInfo::Unit::count: return count(setting, text);
        case SettingInfo::Unit::choice: return choice(setting, text);
        }
        return {};
    }

    const SettingInfo& setting(const std::string& name) const {
        for (const SettingInfo& setting : about_.settings)
            if (setting.name == name)
                return setting;
        const auto names = names_of(about_.settings);
        if (names.empty())
            fail("{} has no settings; write just {}", about_.name, about_.name);
        fail("unknown setting \"{}\"{} (its settings: {})", name, did_you_mean(name, names),
             join_names(names));
    }

    template <typename... Args>
    [[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) const {
        throw BadInput(
            fmt::format("detector \"{}\": {}", spec_, fmt::format(text, std::forward<Args>(args)...)));
    }

private:
    std::string duration(const SettingInfo& setting, const std::string& text) const {
        const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
        const std::string unit = text.substr(digits);
        const std::string least = spell(Duration{setting.least});
        if (text.front() == '-')
            fail("{}={} is negative; the least is {}", setting.name, text, least);
        if (digits == 0)
            fail("{}={} is no duration; write a number and a unit, {}={}", setting.name, text, setting.name,
                 setting.fallback == "none" ? "1s" : setting.fallback);
        if (unit.empty())
            fail("{}={} has no unit; write {}={}s or {}={}ms", setting.name, text, setting.name, text,
                 setting.name, text);
        if (unit.front() == '.')
            fail("{}={} is not whole; write it in a smaller unit, as in {}=1500ms", setting.name, text, setting.name);
        if (unit.find('=') != std::string::npos)
            fail("{}={} holds another setting; a comma goes between two of them", setting.name, text);
        static const std::vector<std::string> units{"ns", "us", "ms", "s", "min", "h"};
        if (std::find(units.begin(), units.end(), unit) == units.end())
            fail("{}={} has the unknown unit \"{}\"; units are {}", setting.name, text, unit,
                 join_names(units));
        const auto value = parse_duration(text);
        const std::string most = setting.most ? spell(Duration{setting.most}) : "1000h";
        if (!value || (setting.most && value->count() > setting.most))
            fail("{}={} is too long; the most is {}", setting.name, text, most);
        if (value->count() < setting.least)
            fail("{}={} is too short; the least is {}", setting.name, text, least);
        return spell(*value);
    }

    std::string count(const SettingInfo& setting, const std::string& text) const {
        int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool number = end == text.data() + text.size() && error != std::errc::invalid_argument;
        if (!number)
            fail("{}={} is no whole number; write {}={}", setting.name, text, setting.name, setting.fallback);
        if (error != std::errc{} || value < setting.least || (setting.most && value > setting.most))
            fail("{}={} is out of range; it goes from {} to {}", setting.name, text, setting.least,
                 setting.most);
        return std::to_string(value);
    }

    std::string choice(const SettingInfo& setting, const std::string& text) const {
        const auto choices = split(setting.choices, '|');
        if (std::find(choices.begin(), choices.end(), text) != choices.end())
            return text;
        fail("{}={} is none of {}{}", setting.name, text, join_names(choices), did_you_mean(text, choices));
    }

    std::string spec_;
    const Description& about_;
};

const Method& method_named(std::string_view name, std::string_view spec) {
    std::vector<std::string> names;
    for (const Method* method : methods()) {
        if (method->about.name == name)
            return *method;
        names.emplace_back(method->about.name);
    }
    if (name.empty())
        throw BadInput(fmt::format("detector \"{}\": it has no name (see: halfopen list detectors)", spec));
    throw BadInput(fmt::format("unknown detector \"{}\"{} (see: halfopen list detectors)", name,
                               did_you_mean(name, names)));
}

/// The settings as given, by name and in canonical spelling.
std::vector<std::pair<std::string, std::string>> given_settings(const SpecReader& reader,
                                                                std::string_view text) {
    std::vector<std::pair<std::string, std::string>> given;
    std::set<std::string> seen;
    for (const std::string& part : split(text, ',')) {
        if (part.empty())
            reader.fail("an empty setting; write name=value, separated by single commas");
        const size_t equals = part.find('=');
        const SettingInfo& setting = reader.setting(part.substr(0, equals));
        if (equals == std::string::npos)
            reader.fail("{} lacks its value; write {}={}", part, part,
                        setting.fallback == "none" ? "1s" : setting.fallback);
        if (!seen.insert(std::string(setting.name)).second)
            reader.fail("{} is given twice; leave one out", setting.name);
        given.emplace_back(setting.name, reader.canonical(setting, part.substr(equals + 1)));
    }
    return given;
}

} // namespace

std::unique_ptr<Detector> make_detector(std::string_view spec) {
    // A line break in a message would make two of one.
    if (std::any_of(spec.begin(), spec.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }))
        throw BadInput(fmt::format("detector \"{}\": a spec has no control characters; leave them out", escape(spec)));
    const size_t colon = spec.find(':');
    const Method& method = method_named(spec.substr(0, colon), spec);
    const SpecReader reader(spec, method.about);
    std::vector<std::pair<std::string, std::string>> given;
    if (colon != std::string_view::npos)
        given = given_settings(reader, spec.substr(colon + 1));
    std::vector<std::pair<std::string, std::string>> values;
    for (const SettingInfo& setting : method.about.settings) {
        const auto at =
            std::find_if(given.begin(), given.end(), [&](auto& pair) { return pair.first == setting.name; });
        const std::string value =
            at != given.end() ? at->second : reader.canonical(setting, std::string(setting.fallback));
        if (!value.empty())
            values.emplace_back(setting.name, value);
    }
    return method.make(method.about, Settings(std::move(values)));
}

std::string spec_of(const Detector& detector) {
    std::string spec(detector.describe().name);
    char separator = ':';
    for (const auto& [name, value] : detector.settings().values()) {
        spec += fmt::format("{}{}={}", separator, name, value);
        separator = ',';
    }
    return spec;
}

} // namespace halfopen
