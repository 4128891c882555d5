#pragma once
// One JSON object under reading, for records and what is sent to guests: every getter throws BadInput that names the
// key's whole path and the mend.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.h"
#include "harness/base/time.h"

namespace halfopen {

// Keeps keys in the order in which they are written, so that equal records are equal bytes.
using Json = nlohmann::ordered_json;

/// How a text that may be absent is written.
inline Json text_or_null(const std::string& text) { return text.empty() ? Json{} : Json(text); }

inline constexpr std::string_view mend_of_a_line =
    "a record is never edited by hand: take the original file, or delete this line";

class Object {
public:
    Object(const Json& json, std::string path) : json_(json), path_(std::move(path)) {
        if (!json.is_object())
            throw BadInput(path_.empty() ? not_ours() : wrong("", "an object"));
    }
    const Json& at(const char* key) const {
        const auto found = json_.find(key);
        if (found == json_.end())
            throw BadInput(fmt::format("has no \"{}{}\"; {}", path_, key, mend_of_a_line));
        return *found;
    }
    /// True when the key's value is not null.
    bool has(const char* key) const { return !at(key).is_null(); }
    /// The same for a key that older files lack.
    bool knows(const char* key) const { return json_.contains(key) && has(key); }
    std::string text(const char* key) const {
        const Json& value = at(key);
        if (!value.is_string())
            throw BadInput(wrong(key, "a text"));
        return value.get<std::string>();
    }
    std::string text_or_empty(const char* key) const { return at(key).is_null() ? std::string{} : text(key); }
    int64_t integer(const char* key) const { return whole(at(key), key); }
    template <typename Int> Int small(const char* key) const {
        const int64_t value = integer(key);
        if (!std::in_range<Int>(value))
            throw BadInput(wrong(key, "a number in range"));
        return static_cast<Int>(value);
    }
    uint64_t seed(const char* key) const {
        const Json& value = at(key);
        if (!value.is_number_unsigned())
            throw BadInput(wrong(key, "a whole number"));
        return value.get<uint64_t>();
    }
    Duration time(const char* key) const { return Duration{integer(key)}; }
    /// Nothing where the key is absent: most trials, and earlier records, have none.
    std::optional<Duration> time_if_any(const char* key) const {
        if (!json_.contains(key))
            return std::nullopt;
        return time(key);
    }
    double real(const char* key) const {
        const Json& value = at(key);
        if (!value.is_number())
            throw BadInput(wrong(key, "a number"));
        return value.get<double>();
    }
    bool flag(const char* key) const {
        const Json& value = at(key);
        if (!value.is_boolean())
            throw BadInput(wrong(key, "true or false"));
        return value.get<bool>();
    }
    std::optional<Window> window(const char* key) const {
        const Json& value = at(key);
        if (value.is_null())
            return std::nullopt;
        if (!value.is_array() || value.size() != 2)
            throw BadInput(wrong(key, "two times"));
        return Window{Duration{whole(value[0], key)}, Duration{whole(value[1], key)}};
    }
    template <typename Parse> auto word(const char* key, Parse parse) const {
        const std::string value = text(key);
        const auto parsed = parse(value);
        if (!parsed)
            throw BadInput(
                fmt::format("\"{}{}\" is \"{}\", a word this halfopen does not know; update halfopen", path_,
                            key, value));
        return *parsed;
    }
    Object object(const char* key) const { return {at(key), path_ + key + "."}; }
    template <typename Use> void each(const char* key, Use use) const {
        const Json& value = at(key);
        if (!value.is_array())
            throw BadInput(wrong(key, "a list"));
        for (const Json& item : value)
            use(Object{item, path_ + key + "."});
    }
    std::vector<std::string> texts(const char* key) const {
        const Json& value = at(key);
        std::vector<std::string> all;
        for (const Json& item : value.is_array() ? value : throw BadInput(wrong(key, "a list"))) {
            if (!item.is_string())
                throw BadInput(wrong(key, "a list of texts"));
            all.push_back(item.get<std::string>());
        }
        return all;
    }
    /// A flat object as pairs, in its order; numbers are spelled.
    std::vector<std::pair<std::string, std::optional<std::string>>> pairs(const char* key) const {
        const Json& value = at(key);
        if (!value.is_object())
            throw BadInput(wrong(key, "an object"));
        std::vector<std::pair<std::string, std::optional<std::string>>> all;
        for (const auto& [name, item] : value.items()) {
            if (item.is_null())
                all.emplace_back(name, std::nullopt);
            else
                all.emplace_back(name, item.is_string() ? item.template get<std::string>() : item.dump());
        }
        return all;
    }
    std::string wrong(std::string_view key, std::string_view expected) const {
        const std::string whole = key.empty() ? path_.substr(0, path_.size() - 1) : path_ + std::string(key);
        return fmt::format("\"{}\" is not {}; {}", whole, expected, mend_of_a_line);
    }

private:
    static std::string not_ours() { return fmt::format("is no record of halfopen; {}", mend_of_a_line); }
    int64_t whole(const Json& value, const char* key) const {
        if (!value.is_number_integer())
            throw BadInput(wrong(key, "a whole number"));
        if (value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX))
            throw BadInput(wrong(key, "a number in range"));
        return value.get<int64_t>();
    }
    const Json& json_;
    std::string path_;
};

} // namespace halfopen
