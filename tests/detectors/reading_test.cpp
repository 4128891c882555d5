// Methods of reading: what each is predicted to say, and what it says on a real connection.

#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/detectors/loopback.h"
#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::loopback;
using namespace halfopen::windows;
using namespace std::chrono_literals;
using Kind = Prediction::Kind;

namespace {

/// Those that look every 100 ms.
const std::vector<std::string_view> lookers = {"recv-nonblocking", "peek", "so-error"};

} // namespace

TEST_CASE("a reader that looks every so often hears a goodbye at its next look") {
    for (const std::string_view spec : lookers) {
        INFO(spec);
        for (const Effect effect : {Effect::fin, Effect::half_close, Effect::reset})
            require_is(predict(spec, right_after(effect, Truth::gone)).after, 0, 0.110);
        CHECK(predict(spec, right_after(Effect::half_close, Truth::half_closed)).verdict == Verdict::eof);
        CHECK(silent_drop(spec).kind == Kind::never);
        CHECK(stopped(spec).kind == Kind::never);
        // From a write 10 ms after the fault, measured 937.720 to 938.553 s, and the next look.
        require_holds(silent_drop(spec, Traffic::one_write).after, 938.553 + 0.010 + 0.100);
    }
}

TEST_CASE("between an error and the next look the server's own send() may take it") {
    for (const std::string_view spec : lookers) {
        INFO(spec);
        CHECK_FALSE(predict(spec, right_after(Effect::reset, Truth::gone)).signal.empty());
        const Prediction p = predict(spec, right_after(Effect::reset, Truth::gone, Traffic::sending));
        CHECK(p.signal.empty());
        CHECK(p.after == Window{0s, 110ms}); // as an end of file, then
    }
    // A write draws a RST, whose EPIPE SO_ERROR shows and recv() never does.
    const Situation written = right_after(Effect::fin, Truth::gone, Traffic::one_write);
    CHECK(predict("so-error", written).signal.empty());
    CHECK(predict("recv-nonblocking", written).signal == "recv: 0");
}

TEST_CASE("whoever reads only when it looks may answer a request after the fault") {
    // Measured: recv-nonblocking heard ECONNRESET 28 ms after a host-reboot, because the look read a request
    // that had come before it and the answer drew a RST.
    for (const std::string_view spec : {"recv-nonblocking", "so-error", "recv-zero"}) {
        INFO(spec);
        CHECK(reboot(spec, Traffic::request_response).kind == Kind::unknown);
        CHECK(silent_drop(spec, Traffic::request_response).kind == Kind::unknown);
        CHECK(stopped(spec, Traffic::request_response).kind == Kind::never);
    }
    CHECK(reboot("peek", Traffic::request_response).kind == Kind::never);
    CHECK(reboot("recv", Traffic::request_response).kind == Kind::never);
}

TEST_CASE("a peek is blind behind unread data") {
    for (const Effect effect : {Effect::fin, Effect::reset})
        for (const Traffic traffic : {Traffic::receiving, Traffic::request_response})
            CHECK(predict("peek", right_after(effect, Truth::gone, traffic)).kind == Kind::never);
    Situation early = right_after(Effect::fin, Truth::gone, Traffic::receiving);
    early.watch_before_fault = {150ms, 150ms};
    CHECK(predict("peek", early).kind == Kind::unknown);
}

TEST_CASE("a question after the end of file tells a close from a half-close") {
    // The FIN and the RST that answers the question, 10 ms each for waking; poll(1000 ms) is up to 1 + 1 ms
    // late.
    const Prediction close = predict("eof-then-write", right_after(Effect::fin, Truth::gone));
    require_is(close.after, 0, 0.020);
    CHECK(close.verdict == Verdict::gone);
    const Situation half = right_after(Effect::half_close, Truth::half_closed);
    const Prediction shut = predict("eof-then-write", half);
    require_is(shut.after, 1, 1.022);
    CHECK(shut.outcome(half.truth, 80s) == Outcome::noticed);
    CHECK(predict("eof-then-write:timeout=5ms", right_after(Effect::fin, Truth::gone)).kind == Kind::unknown);
    Situation far = right_after(Effect::fin, Truth::gone);
    far.one_way = 25ms;
    require_is(predict("eof-then-write", far).after, 0.025, 0.095);
    CHECK(silent_drop("eof-then-write").kind == Kind::never);
    CHECK(predict("eof-then-write", right_after(Effect::reset, Truth::gone)).after == Window{0s, 10ms});
}

TEST_CASE("a read deadline convicts whoever is silent, and only those") {
    for (const Effect effect :
         {Effect::nothing, Effect::silence, Effect::acknowledges_only, Effect::signals}) {
        INFO(name(effect));
        // Watching began 2 s before the fault; poll() is up to 1 ms and a thousandth late.
        Situation s = right_after(effect, Truth::alive);
        s.message_before_fault = {2s, 2s};
        require_is(predict("recv-timeout:timeout=10s", s).after, 8, 8.011);
        CHECK(predict("recv-timeout", s).kind == Kind::never);
    }
    const Situation talks = right_after(Effect::nothing, Truth::alive, Traffic::receiving);
    CHECK(predict("recv-timeout:timeout=1s", talks).kind == Kind::never);
    CHECK(predict("recv-timeout:timeout=100ms", talks).kind == Kind::unknown);
    CHECK(predict("recv-timeout:timeout=50ms", talks).outcome(Truth::alive, 80s) == Outcome::false_alarm);
    require_is(silent_drop("recv-timeout:timeout=1s", Traffic::receiving).after, 1, 1.002);
}

TEST_CASE("IP_RECVERR hears what poll() hears where no router speaks") {
    for (const Effect effect : {Effect::fin, Effect::half_close, Effect::reset, Effect::silence})
        for (const Traffic traffic : {Traffic::idle, Traffic::one_write, Traffic::sending}) {
            const Situation s = right_after(effect, Truth::gone, traffic);
            CHECK(predict("error-queue", s).kind == predict("poll", s).kind);
            CHECK(predict("error-queue", s).after == predict("poll", s).after);
        }
}

TEST_CASE("each method of reading names what it has seen") {
    const Expectation of_eof[] = {{"recv-timeout:timeout=10s", Verdict::eof, "recv: 0"},
                                  {"recv-nonblocking:interval=10ms", Verdict::eof, "recv: 0"},
                                  {"peek:interval=10ms", Verdict::eof, "recv: 0"},
                                  {"eof-then-write:timeout=50ms", Verdict::eof, "EOF, and no RST to a write"},
                                  {"error-queue", Verdict::eof, "recv: 0"},
                                  {"so-error:interval=10ms", Verdict::eof, "recv: 0"}};
    for (const Expectation& expected : of_eof) {
        Watched watched(expected.spec);
        watched.client_says("hello");
        CHECK(watched.quiet_for(30ms));
        watched.client_shuts_down();
        expect(watched, expected);
        CHECK(watched.server().all_received() == "hello");
    }
    const Expectation of_reset[] = {{"recv-timeout", Verdict::gone, "recv: ECONNRESET"},
                                    {"recv-nonblocking:interval=10ms", Verdict::gone, "recv: ECONNRESET"},
                                    {"peek:interval=10ms", Verdict::gone, "recv: ECONNRESET"},
                                    {"eof-then-write", Verdict::gone, "recv: ECONNRESET"},
                                    {"error-queue", Verdict::gone, "recv: ECONNRESET"},
                                    {"so-error:interval=10ms", Verdict::gone, "SO_ERROR: ECONNRESET"}};
    for (const Expectation& expected : of_reset) {
        Watched watched(expected.spec);
        watched.client_says("hello");
        CHECK(watched.quiet_for(30ms));
        watched.client_resets();
        expect(watched, expected);
    }
}

TEST_CASE("a client that has closed answers the question after its FIN by RST") {
    Watched watched("eof-then-write");
    watched.client_closes();
    expect(watched, {"eof-then-write", Verdict::gone, "EOF, then poll: POLLHUP"});
}

TEST_CASE("the question after an end of file comes behind what was due") {
    Watched watched("eof-then-write:timeout=50ms");
    watched.server().make_due("due");
    CHECK(watched.quiet_for(30ms));
    watched.client_shuts_down();
    CHECK(watched.verdict().verdict == Verdict::eof);
    CHECK(watched.client_hears() == "dueping");
}

TEST_CASE("one unread byte hides the end from a peek") {
    Watched watched("peek:interval=10ms");
    watched.client_says("hello");
    CHECK(watched.quiet_for(30ms));
    watched.client_says("x");
    watched.client_shuts_down();
    CHECK(watched.quiet_for(100ms));
    char byte = 0;
    CHECK(recv(watched.server().fd(), &byte, 1, 0) == 1);
    expect(watched, {"peek", Verdict::eof, "recv: 0"});
}

TEST_CASE("a read deadline counts from the last byte, and a signal does not begin it anew") {
    Watched watched("recv-timeout:timeout=150ms");
    for (int i = 0; i < 10; ++i) {
        watched.client_says("x");
        CHECK(watched.quiet_for(50ms));
    }
    for (int i = 0; i < 30 && watched.quiet_for(20ms); ++i)
        watched.signal();
    expect(watched, {"recv-timeout", Verdict::gone, "no byte for 150 ms"});
}

TEST_CASE("signals do not convict those who read") {
    for (const std::string_view spec :
         {"recv-timeout", "recv-nonblocking:interval=10ms", "peek:interval=10ms", "eof-then-write",
          "error-queue", "so-error:interval=10ms"}) {
        Watched watched(spec);
        for (int i = 0; i < 5; ++i) {
            watched.signal();
            std::this_thread::sleep_for(2ms);
        }
        INFO(spec);
        CHECK(watched.quiet_for(10ms));
    }
}

TEST_CASE("error-queue sets its option") {
    Watched watched("error-queue");
    int value = 0;
    socklen_t size = sizeof value;
    for (int i = 0; i < 100 && value == 0; ++i) {
        getsockopt(watched.server().fd(), IPPROTO_IP, IP_RECVERR, &value, &size);
        std::this_thread::sleep_for(10ms);
    }
    CHECK(value == 1);
}
