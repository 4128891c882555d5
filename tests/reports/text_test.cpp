#include "reports/text.h"

#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

TEST_CASE("lists read as people write them") {
    CHECK(list_of({}) == "");
    CHECK(list_of({"a"}) == "a");
    CHECK(list_of({"a", "b"}) == "a and b");
    CHECK(list_of({"a", "b", "c"}) == "a, b and c");
    CHECK(list_of_most({"a", "b", "c"}, 3) == "a, b and c");
    CHECK(list_of_most({"a", "b", "c", "d"}, 3) == "a and 3 more");
    CHECK(list_of_most({"a", "b", "c", "d", "e"}, 4, "; ") == "a; b and 3 more");
    CHECK(joined({"", "a", ""}, "|") == "|a|");
    CHECK(in_words(0) == "no");
    CHECK(in_words(5) == "five");
    CHECK(in_words(13) == "13");
    CHECK(counted(1, "trial") == "1 trial");
    CHECK(counted(0, "trial") == "0 trials");
}

TEST_CASE("times fit where they stand") {
    CHECK(short_time(62us) == "62.0 µs");
    CHECK(short_time(4010us) == "4 ms");
    CHECK(short_time(98300us) == "98 ms");
    CHECK(short_time(1700ms) == "1.7 s");
    CHECK(short_time(10510ms) == "10.5 s");
    CHECK(short_time(76300ms) == "76 s");
    CHECK(short_time(80s) == "80 s");
    CHECK(short_time(940s) == "15 min 40 s");
    CHECK(far_time(7875s) == "2 h 11");
    CHECK(far_time(7200s) == "2 h");
    CHECK(far_time(938s) == "15 min 38 s");
    for (const Duration d :
         {Duration{98ms}, Duration{1700ms}, Duration{76s}, Duration{938s}, Duration{7875s}})
        CHECK(tiny_time(d).size() <= 4);
}

TEST_CASE("a range of times names its unit once where it can") {
    CHECK(time_range(75s, 77800ms) == "75.0-77.8 s");
    CHECK(time_range(98ms, 1040ms) == "98.0 ms to 1.04 s");
    CHECK(time_range(0s, 2ms) == "up to 2.00 ms");
    CHECK(time_range(75s, 75s) == "75.0 s");
    CHECK(time_range(-2s, -1s) == "-2.00 s to -1.00 s");
    CHECK(time_range(937700ms, 939700ms) == "15 min 38 s to 15 min 40 s");
}

TEST_CASE("a watch of hours is spelled as one, and two horizons are both told") {
    CHECK(watched_text(3h, 3h) == "in the 3 h watched");
    CHECK(watched_text(80s, 3h) == "in the 80 s to 3 h watched");
}

TEST_CASE("large and small numbers are spelled without an exponent") {
    CHECK(digits(0.0222, 2) == "0.022");
    CHECK(digits(27.4, 2) == "27");
    CHECK(digits(137.2, 2) == "137");
    CHECK(digits(1347.9, 3) == "1348");
    CHECK(digits(0.4993, 3) == "0.499");
}

TEST_CASE("a date needs no locale") {
    CHECK(date_of("2026-11-22T08:00:00Z") == "22 Nov 2026");
    CHECK(date_of("2026-01-05T08:00:00Z") == "5 Jan 2026");
    CHECK(date_of("2026-13-05T08:00:00Z") == "2026-13-05T08:00:00Z");
    CHECK(date_of("soon") == "soon");
}

TEST_CASE("nothing in a label is taken for markup") {
    CHECK(md("a|b *c* <d> `e` [f]\ng") == "a\\|b \\*c\\* &lt;d> \\`e\\` \\[f] g");
    CHECK(plain(md("recv() <= 0 | *x*")) == "recv() <= 0 | *x*");
    CHECK(md("R&D &lt; _x_ ~y~ a_b") == "R\\&D \\&lt; \\_x\\_ \\~y\\~ a_b");
    CHECK(plain(md("R&D &lt; _x_ ~y~")) == "R&D &lt; _x_ ~y~");
    CHECK(md("\x1b[2J\r") == " \\[2J ");
    CHECK(plain("**bold** text") == "bold text");
    CHECK(md_code("a_b < c") == "`a_b < c`");
    CHECK(md_code("a|b`c") == "<code>a&#124;b&#96;c</code>");
}

TEST_CASE("widths count characters, not bytes") {
    CHECK(display_width("62 µs ✗") == 7);
    CHECK(pad_right("✓", 3) == "✓  ");
    CHECK(pad_left("✓", 3) == "  ✓");
    CHECK(cut("µµµ", 2) == "µµ");
    CHECK(tail("µµµ", 2) == "µµ");
    CHECK(display_width("日本 🔥 e\u0301") == 9);
    CHECK(cut("日本", 3) == "日");
    CHECK(cut("e\u0301x", 1) == "e\u0301");
    CHECK(cut("שלום", 2) == "של");
    CHECK(ascii("62 µs ✗ –") == "62 us ? -");
}

TEST_CASE("long lines break between words") {
    CHECK(wrapped("one two three", 7) == "one two\nthree");
    CHECK(wrapped("one two three", 8, "  ") == "one two\n  three");
    CHECK(wrapped("unbreakable", 4) == "unbreakable");
    CHECK(wrapped("", 4) == "");
}
