// How wide a text is on a terminal, and parts of it by their width.

#include <clocale>
#include <cwchar>

#include "reports/text.h"

namespace halfopen {

namespace {

/// While it lives, this thread reads UTF-8 as the C library knows it, whatever the user's locale is.
class Utf8 {
public:
    Utf8() : before_(uselocale(utf8())) {}
    ~Utf8() { uselocale(before_); }
    Utf8(const Utf8&) = delete;

private:
    static locale_t utf8() {
        static const locale_t all = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        return all; // Nothing, on a system without it: then only ASCII has a width of its own.
    }
    locale_t before_;
};

struct Character {
    size_t bytes = 1, columns = 1;
};

/// What is no character takes a column a byte.
Character first_of(std::string_view utf8) {
    wchar_t character = 0;
    std::mbstate_t state{};
    const size_t bytes = std::mbrtowc(&character, utf8.data(), utf8.size(), &state);
    if (bytes == 0 || bytes > utf8.size())
        return {};
    const int columns = wcwidth(character);
    return {bytes, columns < 0 ? 1 : static_cast<size_t>(columns)};
}

} // namespace

size_t display_width(std::string_view utf8) {
    const Utf8 reading;
    size_t width = 0;
    while (!utf8.empty()) {
        const Character next = first_of(utf8);
        width += next.columns;
        utf8.remove_prefix(next.bytes);
    }
    return width;
}

std::string cut(std::string_view utf8, size_t width) {
    const Utf8 reading;
    size_t end = 0, used = 0;
    while (end < utf8.size()) {
        const Character next = first_of(utf8.substr(end));
        if (used + next.columns > width)
            break;
        used += next.columns;
        end += next.bytes;
    }
    return std::string(utf8.substr(0, end));
}

std::string tail(std::string_view utf8, size_t width) {
    const Utf8 reading;
    size_t left = display_width(utf8);
    while (left > width) {
        const Character next = first_of(utf8);
        left -= next.columns;
        utf8.remove_prefix(next.bytes);
    }
    return std::string(utf8);
}

} // namespace halfopen
