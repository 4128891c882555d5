#pragma once
// Words: how this project's reports spell counts, times, dates and lists. No locale, no clock.

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.h"

namespace halfopen {

/// "a", "a and b", "a, b and c".
std::string list_of(const std::vector<std::string>& items);
/// The same where there may be dozens: "a, b, c and 28 more" when there are more than so many.
std::string list_of_most(std::vector<std::string> items, size_t most, std::string_view separator = ", ");
/// "a; b; c" with any separator.
std::string joined(const std::vector<std::string>& items, std::string_view separator);

void replace_all(std::string& text, std::string_view what, std::string_view by);

/// "no", "one" ... "twelve", then digits.
std::string in_words(int count);
/// "1 trial", "3 trials".
std::string counted(int count, std::string_view noun);

/// So many significant digits and never an exponent: "0.022", "27", "1350".
std::string digits(double value, int significant);

/// Seconds to the microsecond, as tshark spells them: "62.047812".
std::string seconds_of(Duration);

/// For a cell of a matrix, where room is scarce: two significant digits up to 100 s: "98 ms", "1.7 s", "76
/// s".
std::string short_time(Duration);
/// A time that nobody waited for: "2 h 11", "15 min 38 s".
std::string far_time(Duration);
/// At most four characters: "98ms", "1.7s", "76s", "16m", "2h".
std::string tiny_time(Duration);
/// "75-77.8 s", "98.1 ms to 1.04 s"; "up to 2.00 ms" from zero; one time when both
/// ends are spelled alike.
std::string time_range(Duration from, Duration to);
inline std::string time_range(const Window& w) { return time_range(w.from, w.to); }
/// "in the 80 s watched", "in the 80 s to 3 h watched".
std::string watched_text(Duration least, Duration most);

/// "22 Nov 2026" for "2026-11-22T08:00:00Z"; the text itself when it is no such date.
std::string date_of(const std::string& utc);

/// Without what moves a terminal's cursor or ends a line: a space stands in its place.
std::string printable(std::string_view text);
/// For running text and table cells of Markdown: nothing in `text` is taken for markup.
std::string md(std::string_view text);
/// As code: in backquotes, or between tags where these could not hold it. For a table cell too.
std::string md_code(std::string_view text);

/// Markdown of a sentence, as md() and the emphasis of reports spell it, as plain text.
std::string plain(std::string_view markdown);
/// Nothing outside ASCII: the characters that reports use get their ASCII sign, others become '?'.
std::string ascii(std::string_view utf8);

/// How many columns of a terminal a text takes. Every glyph that reports use is one column wide; what a name holds may take
/// two, as an emoji, or none, as an accent.
size_t display_width(std::string_view utf8);
std::string pad_right(std::string text, size_t width);
std::string pad_left(std::string text, size_t width);
/// The first `width` columns, or the last; no character is cut in two.
std::string cut(std::string_view utf8, size_t width);
std::string tail(std::string_view utf8, size_t width);
/// Words of `text` in lines of at most `width` columns; later lines begin with `indent`.
std::string wrapped(std::string_view text, size_t width, std::string_view indent = "");

/// Entries of a legend, two columns apart, in lines of at most `width`; one is broken only where it does not fit on a
/// line of its own. Ends with a newline.
std::string filled(const std::vector<std::string>& entries, size_t width);

/// `text` with its first letter as a capital; only ASCII letters change.
std::string capital(std::string text);
/// The same at the beginning of a sentence, where a name like recv() keeps its spelling.
std::string opening(std::string text);

} // namespace halfopen
