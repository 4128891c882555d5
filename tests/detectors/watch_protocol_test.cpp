// watch() of the methods of the application's own protocol, on real connections over 127.0.0.1.

#include <array>

#include "harness/base/frame.h"
#include "tests/detectors/loopback.h"

using namespace halfopen;
using namespace halfopen::loopback;
using namespace std::chrono_literals;

namespace {

std::string frame(FrameType type) {
    const std::vector<char> bytes = encode(type);
    return {bytes.begin(), bytes.end()};
}

/// Hellos for a while, at the beat that `spec` promises.
void says_hello(Watched& watched, int times, Duration beat) {
    for (int i = 0; i < times; ++i) {
        watched.client_says(frame(FrameType::hello));
        REQUIRE(watched.quiet_for(beat));
    }
}

} // namespace

TEST_CASE("hellos that go on convict nobody, and hellos that stop convict") {
    const Expectation table[] = {
        {"phi-accrual:interval=200ms,threshold=12", Verdict::gone, "phi 12"},
        {"chen-nfd-e:interval=200ms,margin=200ms", Verdict::gone, "2 hellos missing"},
        {"jacobson:interval=200ms", Verdict::gone, "no hello for its interval and 4 deviations"},
    };
    for (const Expectation& expected : table) {
        INFO(expected.spec);
        Watched watched(expected.spec);
        says_hello(watched, 6, 200ms);
        expect(watched, expected);
    }
}

TEST_CASE("data is no hello") {
    for (const std::string_view spec : {"phi-accrual:interval=200ms", "chen-nfd-e:interval=200ms", "jacobson:interval=200ms"}) {
        INFO(spec);
        Watched watched(spec);
        for (int i = 0; i < 100 && watched.quiet_for(20ms); ++i)
            watched.client_says(frame(FrameType::data));
        CHECK(watched.verdict().verdict == Verdict::gone);
    }
}

TEST_CASE("a suspicion is taken back when the hello comes after all") {
    for (const std::string_view spec :
         {"phi-accrual:interval=400ms,threshold=16", "chen-nfd-e:interval=400ms,margin=50ms,count=3"}) {
        INFO(spec);
        Watched watched(spec);
        says_hello(watched, 3, 400ms);
        watched.client_says(frame(FrameType::hello));
        REQUIRE(watched.quiet_for(600ms)); // phi 1 after 451 ms, phi 16 after 729 ms
        CHECK(watched.opinions() == std::vector<bool>{true});
        watched.client_says(frame(FrameType::hello));
        REQUIRE(watched.quiet_for(100ms));
        CHECK(watched.opinions() == std::vector<bool>{true, false});
    }
}

TEST_CASE("who reads the protocol hears the goodbyes") {
    for (const std::string_view spec : {"phi-accrual", "chen-nfd-e", "jacobson", "read-idle-ping", "ping-unless-busy",
                                        "request-deadline"}) {
        INFO(spec);
        Watched closed(spec);
        closed.signal();
        CHECK(closed.quiet_for(50ms));
        closed.client_shuts_down();
        expect(closed, {spec, Verdict::eof, "recv: 0"});
        Watched reset(spec);
        reset.client_resets();
        expect(reset, {spec, Verdict::gone, "recv: ECONNRESET"});
    }
}

TEST_CASE("a ping goes out only after silence, and any message is an answer") {
    Watched watched("read-idle-ping:idle=200ms,timeout=1s");
    for (int i = 0; i < 20; ++i) {
        watched.client_says("data");
        REQUIRE(watched.quiet_for(50ms));
    }
    CHECK(watched.client_hears().empty());
    REQUIRE(watched.quiet_for(300ms));
    CHECK(watched.client_hears() == "ping");
    watched.client_says("data");
    REQUIRE(watched.quiet_for(600ms));
    CHECK(watched.client_hears() == "ping");
    expect(watched, {"read-idle-ping", Verdict::gone, "no message for 1 s"});
    CHECK(watched.client_hears().empty()); // one ping for one silence
}

TEST_CASE("a server that writes all the time never pings a client that never answers") {
    Watched watched("ping-unless-busy:interval=200ms,timeout=300ms");
    std::string heard;
    for (int i = 0; i < 30; ++i) {
        watched.server().make_due("data");
        REQUIRE(watched.quiet_for(50ms));
        heard += watched.client_hears();
    }
    CHECK(heard.find("ping") == std::string::npos);
    expect(watched, {"ping-unless-busy", Verdict::gone, "no pong for 300 ms"}); // once it writes no more
    CHECK(watched.client_hears() == "ping");
}

TEST_CASE("a ping that is answered in time opens the next interval") {
    Watched watched("ping-unless-busy:interval=50ms,timeout=1s");
    int pings = 0;
    for (int i = 0; i < 40; ++i) {
        if (!watched.client_hears().empty()) {
            ++pings;
            watched.client_says("pong");
        }
        REQUIRE(watched.quiet_for(25ms));
    }
    CHECK(pings > 5);
}

TEST_CASE("a request deadline sets no clock before the server has written") {
    Watched watched("request-deadline:timeout=300ms");
    REQUIRE(watched.quiet_for(600ms));
    watched.client_says("request");
    REQUIRE(watched.quiet_for(600ms));
    watched.server().make_due("answer");
    REQUIRE(watched.quiet_for(150ms));
    watched.client_says("request");
    REQUIRE(watched.quiet_for(600ms));
    watched.server().make_due("answer");
    expect(watched, {"request-deadline", Verdict::gone, "no message for 300 ms after ours"});
}

TEST_CASE("a request deadline runs from the first write that nothing followed") {
    Watched watched("request-deadline:timeout=500ms");
    int writes = 0;
    for (; writes < 100 && watched.quiet_for(50ms); ++writes)
        watched.server().make_due("data");
    CHECK(writes < 30);
    expect(watched, {"request-deadline", Verdict::gone, "no message for 500 ms after ours"});
}
