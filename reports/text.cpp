#include "reports/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

namespace halfopen {

namespace {

double seconds(Duration d) { return static_cast<double>(d.count()) / 1e9; }

/// A continuation byte of UTF-8 takes no column of its own.
bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; }

/// Part of a word as far as emphasis goes; what is not ASCII mostly is.
bool is_word(char byte) { return std::isalnum(static_cast<unsigned char>(byte)) || static_cast<unsigned char>(byte) >= 0x80; }

/// "1.7" and "2": one decimal, unless it says nothing.
std::string one_decimal(double value) {
    std::string text = fmt::format("{:.1f}", value);
    if (text.ends_with(".0"))
        text.resize(text.size() - 2);
    return text;
}

} // namespace

std::string joined(const std::vector<std::string>& items, std::string_view separator) {
    std::string all;
    for (size_t i = 0; i < items.size(); ++i) {
        if (i > 0)
            all += separator;
        all += items[i];
    }
    return all;
}

std::string list_of(const std::vector<std::string>& items) {
    if (items.size() < 2)
        return joined(items, "");
    const std::vector<std::string> first(items.begin(), items.end() - 1);
    return joined(first, ", ") + " and " + items.back();
}

std::string list_of_most(std::vector<std::string> items, size_t most, std::string_view separator) {
    if (items.size() <= most)
        return separator == ", " ? list_of(items) : joined(items, separator);
    const size_t shown = most / 2;
    const std::string more = fmt::format(" and {} more", items.size() - shown);
    items.resize(shown);
    return joined(items, separator) + more;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

std::string seconds_of(Duration d) {
    const int64_t us = (std::abs(d.count()) + 500) / 1000;
    return fmt::format("{}{}.{:06}", d.count() < 0 && us > 0 ? "-" : "", us / 1'000'000, us % 1'000'000);
}

std::string in_words(int count) {
    static constexpr std::array<std::string_view, 13> words{"no",   "one",    "two",   "three", "four",
                                                            "five", "six",    "seven", "eight", "nine",
                                                            "ten",  "eleven", "twelve"};
    if (count < 0 || count >= static_cast<int>(words.size()))
        return std::to_string(count);
    return std::string(words[static_cast<size_t>(count)]);
}

std::string counted(int count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string digits(double value, int significant) {
    const bool whole = value >= std::pow(10, significant) - 0.5;
    return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.{}g}", value, significant);
}

std::string short_time(Duration d) {
    if (d < Duration::zero())
        return "-" + short_time(-d);
    const double s = seconds(d);
    if (s < 0.001)
        return say(d);
    if (s < 0.00995)
        return one_decimal(s * 1e3) + " ms";
    if (s < 0.9995)
        return fmt::format("{:.0f} ms", s * 1e3);
    if (s < 19.95)
        return one_decimal(s) + " s";
    if (s < 99.5)
        return fmt::format("{:.0f} s", s);
    return say(d);
}

std::string far_time(Duration d) {
    std::string text = say(d);
    const auto hours = text.find(" h ");
    return hours == std::string::npos ? text : text.substr(0, text.rfind(" min"));
}

std::string tiny_time(Duration d) {
    const double s = seconds(d);
    if (s < 0.9995)
        return fmt::format("{:.0f}ms", s * 1e3);
    if (s < 9.95)
        return one_decimal(s) + "s";
    if (s < 99.5)
        return fmt::format("{:.0f}s", s);
    if (s < 99.5 * 60)
        return fmt::format("{:.0f}m", s / 60);
    return fmt::format("{:.0f}h", s / 3600);
}

std::string time_range(Duration from, Duration to) {
    const std::string a = say(from);
    const std::string b = say(to);
    if (a == b)
        return a;
    if (from == Duration::zero())
        return "up to " + b;
    const auto unit_a = a.find(' ');
    const auto unit_b = b.find(' ');
    const bool signless = from >= Duration::zero();
    if (signless && a.substr(unit_a) == b.substr(unit_b) && a.find(' ', unit_a + 1) == std::string::npos)
        return a.substr(0, unit_a) + "-" + b;
    return a + " to " + b;
}

std::string watched_text(Duration least, Duration most) {
    return least == most ? fmt::format("in the {} watched", short_time(least))
                         : fmt::format("in the {} to {} watched", short_time(least), short_time(most));
}

std::string date_of(const std::string& utc) {
    static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (utc.size() < 10 || utc[4] != '-' || utc[7] != '-')
        return utc;
    const int month = (utc[5] - '0') * 10 + (utc[6] - '0');
    if (month < 1 || month > 12)
        return utc;
    const std::string day = utc[8] == '0' ? utc.substr(9, 1) : utc.substr(8, 2);
    return fmt::format("{} {} {}", day, months[static_cast<size_t>(month - 1)], utc.substr(0, 4));
}

std::string printable(std::string_view text) {
    std::string safe(text);
    std::replace_if(safe.begin(), safe.end(), is_control, ' ');
    return safe;
}

std::string md(std::string_view text) {
    std::string safe;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        // Inside a word, as in TCP_INFO, GitHub takes it for a letter.
        const bool emphasises = c == '_' && !(i > 0 && is_word(text[i - 1]) && i + 1 < text.size() && is_word(text[i + 1]));
        if (c == '<')
            safe += "&lt;";
        else if (is_control(c))
            safe += ' ';
        else if (emphasises || std::string_view("|*`[\\&~").find(c) != std::string_view::npos)
            safe += {'\\', c};
        else
            safe += c;
    }
    return safe;
}

std::string md_code(std::string_view text) {
    if (!text.empty() && text.find_first_of("|`") == std::string_view::npos)
        return '`' + printable(text) + '`';
    // A bar would end the cell of a table, and a backquote the code; between tags both can be named.
    std::string safe;
    for (const char c : printable(text))
        safe += std::string_view("|`*_[]\\&<>~").find(c) == std::string_view::npos ? std::string(1, c) : fmt::format("&#{};", static_cast<int>(c));
    return "<code>" + safe + "</code>";
}

std::string plain(std::string_view markdown) {
    std::string text;
    for (size_t i = 0; i < markdown.size(); ++i) {
        if (markdown[i] == '*')
            continue;
        if (markdown[i] == '\\' && i + 1 < markdown.size())
            text += markdown[++i];
        else if (markdown.substr(i, 4) == "&lt;")
            text += '<', i += 3;
        else
            text += markdown[i];
    }
    return text;
}

std::string ascii(std::string_view utf8) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> signs{
        {{"µ", 'u'}, {"–", '-'}, {"×", 'x'}, {"·", '-'}, {"→", '>'}}};
    std::string text;
    for (size_t i = 0; i < utf8.size(); ++i) {
        if (static_cast<unsigned char>(utf8[i]) < 0x80) {
            text += utf8[i];
            continue;
        }
        const auto known = std::find_if(signs.begin(), signs.end(), [&](const auto& sign) {
            return utf8.substr(i).starts_with(sign.first);
        });
        text += known == signs.end() ? '?' : known->second;
        while (i + 1 < utf8.size() && !starts_character(utf8[i + 1]))
            ++i;
    }
    return text;
}

std::string pad_right(std::string text, size_t width) {
    const size_t used = display_width(text);
    return used < width ? std::move(text) + std::string(width - used, ' ') : text;
}

std::string pad_left(std::string text, size_t width) {
    const size_t used = display_width(text);
    return used < width ? std::string(width - used, ' ') + text : text;
}

std::string wrapped(std::string_view text, size_t width, std::string_view indent) {
    std::string all;
    std::string line;
    while (!text.empty()) {
        const size_t end = std::min(text.find(' '), text.size());
        const std::string word(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
            all += line + "\n";
            line = std::string(indent) + word;
        } else {
            line += (line.empty() ? "" : " ") + word;
        }
    }
    return all + line;
}

std::string filled(const std::vector<std::string>& entries, size_t width) {
    std::string out;
    std::string line;
    for (const std::string& entry : entries) {
        if (!line.empty() && display_width(line) + 2 + display_width(entry) > width) {
            out += wrapped(line, width, "  ") + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : "  ") + entry;
    }
    return out + wrapped(line, width, "  ") + "\n";
}

std::string capital(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string opening(std::string text) {
    return text.starts_with("law") || text.starts_with("as stated") ? capital(std::move(text)) : text;
}

} // namespace halfopen
