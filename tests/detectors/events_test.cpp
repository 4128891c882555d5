// Methods that wait for events: which of them hear a FIN, and what each says on a real connection.

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

const std::vector<std::string_view> hear_a_fin = {"poll-rdhup", "epoll",                "sigio",
                                                  "uring-recv", "uring-recv-multishot", "uring-poll"};
const std::vector<std::string_view> blind_to_a_fin = {"poll-nothing", "epoll-not-reading"};

} // namespace

TEST_CASE("whoever asks for input hears a FIN and a RST at once, and no silence") {
    for (const std::string_view spec : hear_a_fin) {
        INFO(spec);
        for (const Effect effect : {Effect::fin, Effect::half_close, Effect::reset})
            for (const Traffic traffic : {Traffic::idle, Traffic::receiving, Traffic::sending})
                CHECK(predict(spec, right_after(effect, Truth::gone, traffic)).after == Window{0s, 10ms});
        CHECK(predict(spec, right_after(Effect::fin, Truth::gone)).verdict == Verdict::eof);
        CHECK(silent_drop(spec).kind == Kind::never);
        CHECK(reboot(spec).kind == Kind::never);
        CHECK(stopped(spec).kind == Kind::never);
        // Measured with tcp_retries2 = 15 from a write 10 ms after the fault: 937.720, 938.202, 938.553 s.
        for (const double measured : {937.720, 938.202, 938.553})
            require_holds(silent_drop(spec, Traffic::one_write).after, measured + 0.010);
    }
}

TEST_CASE("whoever asks for nothing is told of the end of the connection only") {
    // poll(2): POLLERR and POLLHUP come unasked. A write after a FIN draws a RST within a round trip;
    // one-write writes 10 to 20 ms after the fault, sending every 100 ms.
    for (const std::string_view spec : blind_to_a_fin) {
        INFO(spec);
        CHECK(predict(spec, right_after(Effect::fin, Truth::gone)).kind == Kind::never);
        CHECK(predict(spec, right_after(Effect::half_close, Truth::half_closed, Traffic::sending)).kind ==
              Kind::never);
        require_is(predict(spec, right_after(Effect::fin, Truth::gone, Traffic::one_write)).after, 0.010,
                   0.030);
        require_is(predict(spec, right_after(Effect::fin, Truth::gone, Traffic::sending)).after, 0, 0.110);
        require_is(predict(spec, right_after(Effect::reset, Truth::gone)).after, 0, 0.010);
        CHECK(predict(spec, right_after(Effect::fin, Truth::gone, Traffic::in_flight)).kind == Kind::unknown);
        CHECK(silent_drop(spec).kind == Kind::never);
    }
}

TEST_CASE("requests that nobody reads are not answered, so nothing is unacknowledged") {
    Situation s = right_after(Effect::silence, Truth::unreachable, Traffic::request_response);
    s.one_way = 25ms;
    s.message_before_fault = {0ms, 10ms};                   // its answer is still on its way at the fault
    CHECK(predict("poll-nothing", s).kind == Kind::window); // its server reads and answers
    CHECK(predict("epoll-not-reading", s).kind == Kind::never);
}

TEST_CASE("each event method names what it has seen") {
    const Expectation of_eof[] = {{"poll-rdhup", Verdict::eof, "poll: POLLRDHUP"},
                                  {"epoll", Verdict::eof, "recv: 0"},
                                  {"sigio", Verdict::eof, "recv: 0"},
                                  {"uring-recv", Verdict::eof, "io_uring recv: 0"},
                                  {"uring-recv-multishot", Verdict::eof, "io_uring recv: 0"},
                                  {"uring-poll", Verdict::eof, "recv: 0"}};
    const std::string big(100'000, 'b'); // many reads, and for signals perhaps a single one
    for (const Expectation& expected : of_eof) {
        if (!make_detector(expected.spec)->why_not_here().empty())
            continue;
        Watched watched(expected.spec);
        watched.client_says("hello");
        watched.client_says(big);
        watched.client_shuts_down();
        expect(watched, expected);
        CHECK(watched.server().all_received() == "hello" + big);
    }
    const Expectation of_reset[] = {{"poll-rdhup", Verdict::gone, "SO_ERROR: ECONNRESET"},
                                    {"poll-nothing", Verdict::gone, "poll: POLLHUP"},
                                    {"epoll", Verdict::gone, "recv: ECONNRESET"},
                                    {"epoll-not-reading", Verdict::gone, "epoll: EPOLLHUP"},
                                    {"sigio", Verdict::gone, "recv: ECONNRESET"},
                                    {"uring-recv", Verdict::gone, "io_uring recv: ECONNRESET"},
                                    {"uring-recv-multishot", Verdict::gone, "io_uring recv: ECONNRESET"},
                                    {"uring-poll", Verdict::gone, "recv: ECONNRESET"}};
    for (const Expectation& expected : of_reset) {
        if (!make_detector(expected.spec)->why_not_here().empty())
            continue;
        Watched watched(expected.spec);
        watched.client_says("hello");
        CHECK(watched.quiet_for(30ms));
        watched.client_resets();
        expect(watched, expected);
    }
}

TEST_CASE("a FIN is told to nobody who did not ask, until the server writes") {
    for (const std::string_view spec : blind_to_a_fin) {
        Watched watched(spec);
        watched.client_says("hello");
        CHECK(watched.quiet_for(30ms));
        watched.client_closes();
        INFO(spec);
        CHECK(watched.quiet_for(100ms));
        REQUIRE(send(watched.server().fd(), "x", 1, MSG_NOSIGNAL) == 1);
        REQUIRE(watched.verdict().verdict);
    }
}

TEST_CASE("signals do not convict those who wait for events") {
    for (const std::string_view spec :
         {"poll-rdhup", "poll-nothing", "epoll", "epoll-not-reading", "sigio", "uring-recv",
          "uring-recv-multishot", "uring-poll"}) {
        if (!make_detector(spec)->why_not_here().empty())
            continue;
        Watched watched(spec);
        watched.client_says("hello");
        for (int i = 0; i < 5; ++i) {
            watched.signal();
            std::this_thread::sleep_for(2ms);
        }
        INFO(spec);
        CHECK(watched.quiet_for(10ms));
        watched.client_resets();
        CHECK(watched.verdict().verdict == Verdict::gone);
    }
}

TEST_CASE("no event is lost between two signals") {
    Watched watched("sigio");
    std::string all;
    for (int i = 0; i < 200; ++i) {
        watched.client_says("message " + std::to_string(i));
        all += "message " + std::to_string(i);
    }
    watched.client_closes();
    expect(watched, {"sigio", Verdict::eof, "recv: 0"});
    CHECK(watched.server().all_received() == all);
}
