// Durations, names and frames.

#include "harness/base/frame.h"
#include "harness/base/names.h"
#include "harness/base/time.h"
#include "harness/base/files.h"
#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

TEST_CASE("a duration is read with its unit and spelled back the same") {
    for (const char* word : {"60s", "250ms", "2h", "75s", "10us", "1ns", "0s"}) CHECK(spell(parse_duration(word).value()) == word);
    CHECK(parse_duration("5min") == 300s);
    CHECK(spell(120min) == "2h");
}

TEST_CASE("what is no duration is not taken for one") {
    for (const char* word : {"", "5", "s", "-1s", "1.5s", "5 s", "5parsec", "1e3s", "99999999999999999999s", "1001h"})
        CHECK_FALSE(parse_duration(word));
}

TEST_CASE("times are said with three digits and a unit that fits") {
    CHECK(say(62us) == "62.0 µs");
    CHECK(say(4010us) == "4.01 ms");
    CHECK(say(1040ms) == "1.04 s");
    CHECK(say(77'300ms) == "77.3 s");
    CHECK(say(925s) == "15 min 25 s");
    CHECK(say(7875s) == "2 h 11 min");
    CHECK(say(-500ms) == "-500 ms");
}

TEST_CASE("the nearest name is offered, and none when nothing is near") {
    CHECK(nearest("silent-dorp", {"silent-drop", "healthy"}) == "silent-drop");
    CHECK_FALSE(nearest("xyzzy-plugh-foo", {"silent-drop", "healthy"}));
}

TEST_CASE("frames come out whole and in order, however the stream is cut") {
    std::vector<char> stream;
    for (const FrameType type : {FrameType::data, FrameType::ping, FrameType::hello, FrameType::request})
        for (const char c : encode(type)) stream.push_back(c);
    for (size_t piece = 1; piece < 40; ++piece) {
        FrameReader reader;
        std::vector<FrameType> got;
        for (size_t at = 0; at < stream.size(); at += piece)
            for (const FrameType type : reader.feed(std::span(stream).subspan(at, std::min(piece, stream.size() - at))))
                got.push_back(type);
        CHECK(got == std::vector{FrameType::data, FrameType::ping, FrameType::hello, FrameType::request});
    }
}

TEST_CASE("a data frame is a hundred bytes on the wire") { CHECK(encode(FrameType::data).size() == 100); }

TEST_CASE("SHA-256 is the one of FIPS 180-4") {
    CHECK(sha256("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
