#include "harness/base/escapes.h"

#include "harness/base/error.h"

namespace halfopen {

namespace {

constexpr std::string_view letters = "rnt0eabfv\\\"'";
constexpr std::string_view bytes{"\r\n\t\0\x1b\a\b\f\v\\\"'", 12};

/// -1 for what is no hexadecimal digit.
int digit(char c) {
    const std::string_view digits = "0123456789abcdef";
    const auto at = digits.find(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

} // namespace

std::string unescape(std::string_view option, std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        const char letter = i + 1 < text.size() ? text[++i] : '\0';
        const auto known = letter ? letters.find(letter) : std::string_view::npos;
        const bool is_hex = letter == 'x' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
        if (known == std::string_view::npos && !is_hex)
            throw BadInput(fmt::format("{}: \"\\{}\" is no escape; there are \\r \\n \\t \\0 \\\\ and \\x41 with two digits", option,
                                       letter ? text.substr(i, 3) : ""));
        out += is_hex ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : bytes[known];
        if (is_hex) i += 2;
    }
    return out;
}

std::string escape(std::string_view raw) {
    std::string out;
    for (const char c : raw) {
        const auto known = bytes.find(c);
        if (c == '"' || c == '\'')
            out += c; // They need none outside of C.
        else if (known != std::string_view::npos)
            out += fmt::format("\\{}", letters[known]);
        else if (c < ' ' || c > '~')
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out;
}

} // namespace halfopen
