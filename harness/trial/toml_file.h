#pragma once
// Reading our TOML files strictly: every mistake is one line that names file, line, column and the mend.

#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

namespace halfopen {

class TomlFile {
public:
    /// Parses; BadInput with the place of a syntax error.
    TomlFile(std::string_view text, std::string file);

    const toml::table& root() const { return root_; }
    /// BadInput when the table has a key that is not among `known`.
    void only(const toml::table&, const std::vector<std::string>& known) const;
    std::string text(const toml::table&, std::string_view key) const;
    std::string text_or(const toml::table&, std::string_view key, const std::string& fallback) const;
    std::vector<std::string> texts(const toml::table&, std::string_view key) const;
    bool boolean(const toml::table&, std::string_view key) const;
    int64_t integer_or(const toml::table&, std::string_view key, int64_t fallback) const;
    /// The tables of an array of tables; empty when the key is absent.
    std::vector<const toml::table*> tables(const toml::table&, std::string_view key) const;
    /// Throws BadInput "FILE:LINE:COLUMN: what".
    [[noreturn]] void fail(const toml::node&, const std::string& what) const;
    /// The value of a key, for messages about it; fails when it is absent.
    const toml::node& at(const toml::table&, std::string_view key) const;

private:
    std::string file_;
    toml::table root_;
};

} // namespace halfopen
