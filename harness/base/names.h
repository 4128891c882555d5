#pragma once
// Enumerations have one spelling in files, messages and code: a table of names in the order of the enumerators.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace halfopen {

/// The place of `word` in `names` as an enumerator, or nothing.
template <typename Enum, size_t N>
std::optional<Enum> parse_enum(const std::array<std::string_view, N>& names, std::string_view word) {
    const auto at = std::find(names.begin(), names.end(), word);
    if (at == names.end()) return std::nullopt;
    return static_cast<Enum>(at - names.begin());
}

/// "a, b, c".
template <typename Names> std::string join_names(const Names& names) {
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : ", ") + std::string(name);
    return all;
}

/// The candidate that differs least from `word` (swaps of neighbours count once), unless all differ by more than a
/// third of its letters: the "did you mean" of error messages.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "; did you mean \"silent-drop\"?" or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// True when `name` matches a shell pattern with * and ? (fnmatch(3)).
bool matches(std::string_view pattern, std::string_view name);

} // namespace halfopen
