#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "detectors/detector.h"

namespace halfopen {

namespace {

/// A setting that the description does not have is a mistake in the program, not in the input.
const std::string& value_of(const std::vector<std::pair<std::string, std::string>>& values,
                            std::string_view name) {
    for (const auto& [key, value] : values)
        if (key == name)
            return value;
    throw std::logic_error(fmt::format("a detector asks for its setting \"{}\", which has no value", name));
}

} // namespace

bool Settings::has(std::string_view name) const {
    return std::any_of(values_.begin(), values_.end(), [&](const auto& pair) { return pair.first == name; });
}

Duration Settings::duration(std::string_view name) const {
    const std::string& text = value_of(values_, name);
    if (const auto value = parse_duration(text))
        return *value;
    throw std::logic_error(fmt::format("setting {}={} is no duration", name, text));
}

int Settings::count(std::string_view name) const { return std::stoi(value_of(values_, name)); }

std::string_view Settings::choice(std::string_view name) const { return value_of(values_, name); }

} // namespace halfopen
