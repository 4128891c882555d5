#include "harness/trial/toml_file.h"

#include <sstream>

#include "harness/base/error.h"
#include "harness/base/names.h"

namespace halfopen {

TomlFile::TomlFile(std::string_view text, std::string file) : file_(std::move(file)) {
    try {
        root_ = toml::parse(text, file_);
    } catch (const toml::parse_error& e) {
        throw BadInput(fmt::format("{}:{}:{}: {}", file_, e.source().begin.line, e.source().begin.column,
                                   e.description()));
    }
}

void TomlFile::fail(const toml::node& node, const std::string& what) const {
    const auto& begin = node.source().begin;
    throw BadInput(fmt::format("{}:{}:{}: {}", file_, begin.line, begin.column, what));
}

void TomlFile::only(const toml::table& table, const std::vector<std::string>& known) const {
    for (const auto& [key, node] : table)
        if (std::find(known.begin(), known.end(), key.str()) == known.end())
            fail(node, fmt::format("unknown key \"{}\"{}; known here: {}", key.str(), did_you_mean(key.str(), known),
                                   join_names(known)));
}

const toml::node& TomlFile::at(const toml::table& table, std::string_view key) const {
    const toml::node* node = table.get(key);
    if (!node) fail(table, fmt::format("the key \"{}\" is missing", key));
    return *node;
}

std::string TomlFile::text(const toml::table& table, std::string_view key) const {
    const toml::node& node = at(table, key);
    const auto* value = node.as_string();
    if (!value) fail(node, fmt::format("\"{}\" must be a text in quotes", key));
    if (value->get().empty()) fail(node, fmt::format("\"{}\" must not be empty", key));
    return value->get();
}

std::string TomlFile::text_or(const toml::table& table, std::string_view key, const std::string& fallback) const {
    return table.contains(key) ? text(table, key) : fallback;
}

std::vector<std::string> TomlFile::texts(const toml::table& table, std::string_view key) const {
    const toml::node& node = at(table, key);
    const toml::array* list = node.as_array();
    if (!list || list->empty()) fail(node, fmt::format("\"{}\" must be a list of texts: [\"...\"]", key));
    std::vector<std::string> all;
    for (const toml::node& entry : *list) {
        if (!entry.is_string()) fail(entry, fmt::format("every entry of \"{}\" must be a text in quotes", key));
        all.push_back(entry.as_string()->get());
    }
    return all;
}

bool TomlFile::boolean(const toml::table& table, std::string_view key) const {
    const toml::node& node = at(table, key);
    if (!node.is_boolean()) fail(node, fmt::format("\"{}\" must be true or false", key));
    return node.as_boolean()->get();
}

int64_t TomlFile::integer_or(const toml::table& table, std::string_view key, int64_t fallback) const {
    if (!table.contains(key)) return fallback;
    const toml::node& node = at(table, key);
    const auto* value = node.as_integer();
    if (!value || value->get() < 1) fail(node, fmt::format("\"{}\" must be a whole number, 1 or more", key));
    return value->get();
}

std::vector<const toml::table*> TomlFile::tables(const toml::table& table, std::string_view key) const {
    std::vector<const toml::table*> all;
    const toml::node* node = table.get(key);
    if (!node) return all;
    const toml::array* list = node->as_array();
    if (!list) fail(*node, fmt::format("\"{0}\" must be written as [[{0}]]", key));
    for (const toml::node& entry : *list) {
        if (!entry.is_table()) fail(entry, fmt::format("\"{0}\" must be written as [[{0}]]", key));
        all.push_back(entry.as_table());
    }
    return all;
}

} // namespace halfopen
