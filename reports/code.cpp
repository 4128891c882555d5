#include "reports/code.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/escapes.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// Everything but the ends of lines.
std::string printable_lines(std::string text) {
    for (char& c : text)
        if (c != '\n')
            c = printable({&c, 1}).front();
    return text;
}

} // namespace

std::string shell_word(const std::string& word) {
    const bool plain = !word.empty() &&
                       word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                              "-_=+:,./@%") == std::string::npos;
    if (plain)
        return word;
    const bool can_be_pasted = printable_lines(word) == word;
    std::string text = can_be_pasted ? "'" : "$'";
    for (const char c : can_be_pasted ? word : escape(word))
        text += c != '\'' ? std::string(1, c) : can_be_pasted ? "'\\''" : "\\'";
    return text + "'";
}

std::string code_block(std::string_view language, std::string lines) {
    lines = printable_lines(std::move(lines));
    if (!lines.ends_with('\n'))
        lines += '\n';
    std::string fence = "```";
    while (lines.find(fence) != std::string::npos)
        fence += '`';
    return fmt::format("{0}{1}\n{2}{0}\n\n", fence, language, lines);
}

} // namespace halfopen
