// What a person types for --hello becomes the bytes that a client says.

#include "harness/base/escapes.h"

#include "harness/base/error.h"
#include "support/catch.h"

using namespace halfopen;
using namespace std::string_literals;

namespace {

std::string bytes(std::string_view text) { return unescape("--hello", text); }

} // namespace

TEST_CASE("escapes: text without a backslash stays as it is, whatever its bytes are") {
    CHECK(bytes("") == "");
    CHECK(bytes("GET / HTTP/1.1") == "GET / HTTP/1.1");
    CHECK(bytes("grüß \xff'\"") == "grüß \xff'\"");
}

TEST_CASE("escapes: a letter after a backslash is the control character that C gives it") {
    CHECK(bytes(R"(\r\n\t\a\b\f\v)") == "\r\n\t\a\b\f\v");
    CHECK(bytes(R"(\e[0m)") == "\x1b[0m");
    CHECK(bytes(R"(\\ \" \')") == "\\ \" '");
}

TEST_CASE("escapes: a zero byte is part of the text and does not end it") {
    CHECK(bytes(R"(a\0b)") == "a\0b"s);
    CHECK(bytes(R"(\x00\x00)") == "\0\0"s);
}

TEST_CASE("escapes: two hexadecimal digits are one byte, in either case, and a third is text") {
    CHECK(bytes(R"(\x41\xfF\x0a)") == "A\xff\n");
    CHECK(bytes(R"(\x411)") == "A1");
}

TEST_CASE("escapes: an escaped backslash is not the beginning of another escape") {
    CHECK(bytes(R"(\\n)") == "\\n");
    CHECK(bytes(R"(\\\n)") == "\\\n");
}

TEST_CASE("escapes: what is none is refused with the option's name, what was typed, and what there is") {
    CHECK_THROWS_AS(bytes(R"(\q)"), BadInput);
    CHECK_THROWS_WITH(bytes(R"(PING\q)"),
                      ContainsSubstring("--hello: \"\\q\" is no escape") && ContainsSubstring("\\r \\n \\t"));
    for (const char* wrong : {R"(\x)", R"(\x4)", R"(\xg1)", R"(\x4g)", R"(\u0041)", R"(\1)", R"(\N)"}) {
        INFO(wrong);
        CHECK_THROWS_AS(bytes(wrong), BadInput);
    }
}

TEST_CASE("escapes: a lone backslash at the end is refused") {
    CHECK_THROWS_WITH(bytes("PING\\"), ContainsSubstring("\"\\\" is no escape"));
    CHECK_THROWS_WITH(bytes("\\\\\\"), ContainsSubstring("\"\\\" is no escape"));
}

TEST_CASE("bytes that were escaped are the same bytes when they are read back") {
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    CHECK(unescape("--hello", escape(all)) == all);
    CHECK(escape("PING\r\n") == "PING\\r\\n");
}
