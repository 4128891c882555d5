// Methods that are believed and wrong: what they are predicted to say and when, and what they say on a real
// connection. Each is wrong in its own way, and each way stands here as a line.

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
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

const std::vector<std::string_view> folklore = {"getpeername",
                                                "send-zero",
                                                "recv-zero",
                                                "fionread",
                                                "fd-valid",
                                                "so-error-zero",
                                                "writable-means-alive",
                                                "send-returned-means-delivered",
                                                "connect-again",
                                                "close-wakes-recv"};

/// When it speaks, in seconds from the fault; both 0: never; both -1: unknown.
struct Expected {
    std::string_view spec;
    Effect effect;
    Traffic traffic;
    double from, to;
};

void check_windows(std::span<const Expected> table) {
    for (const Expected& e : table) {
        const Prediction p = predict(e.spec, right_after(e.effect, Truth::gone, e.traffic));
        INFO(e.spec << ", " << name(e.effect) << ", " << info(e.traffic).name << ": " << p.rule);
        if (e.from < 0 || e.to == 0) {
            CHECK(p.kind == (e.from < 0 ? Kind::unknown : Kind::never));
            continue;
        }
        REQUIRE(p.kind == Kind::window);
        require_is(p.after, e.from, e.to);
    }
}

void client_writes_back(Watched& watched) {
    // The server's next write, which a client that has closed answers by RST.
    REQUIRE(send(watched.server().fd(), "x", 1, MSG_NOSIGNAL) == 1);
}

} // namespace

TEST_CASE("folklore is marked as such, and belongs to no law") {
    for (const std::string_view spec : folklore) {
        CHECK(make_detector(spec)->describe().folklore);
        CHECK(make_detector(spec)->law() == 0);
    }
}

TEST_CASE("folklore never notices a silence of an idle link") {
    for (const std::string_view spec : folklore) {
        INFO(spec);
        CHECK(silent_drop(spec).kind == Kind::never);
        CHECK(stopped(spec).kind == Kind::never);
        CHECK(reboot(spec).kind == Kind::never);
    }
}

TEST_CASE("what only reads the state CLOSE misses a FIN and finds a RST at its next look") {
    // Arrival and waking 10 ms, a look every 100 ms; one-write writes 10 to 20 ms after the fault, sending
    // every 100 ms. inet_getname() and sk_stream_wait_connect() fail in the state CLOSE only.
    for (const std::string_view spec : {"getpeername", "send-zero"}) {
        const Expected table[] = {{spec, Effect::fin, Traffic::idle, 0, 0},
                                  {spec, Effect::fin, Traffic::receiving, 0, 0},
                                  {spec, Effect::fin, Traffic::one_write, 0.010, 0.130},
                                  {spec, Effect::fin, Traffic::sending, 0, 0.210},
                                  {spec, Effect::fin, Traffic::in_flight, -1, -1},
                                  {spec, Effect::fin, Traffic::buffer_full, 0, 0.110},
                                  {spec, Effect::half_close, Traffic::sending, 0, 0},
                                  {spec, Effect::reset, Traffic::idle, 0, 0.110},
                                  {spec, Effect::reset, Traffic::sending, 0, 0.110},
                                  {spec, Effect::reset_on_send, Traffic::one_write, 0.010, 0.120}};
        check_windows(table);
    }
    CHECK(predict("getpeername:interval=1s", right_after(Effect::reset, Truth::gone)).after ==
          Window{0s, 1010ms});
}

TEST_CASE("on a long link the RST that a write draws comes a round trip later") {
    Situation s = right_after(Effect::fin, Truth::gone, Traffic::one_write);
    s.one_way = 25ms;
    require_is(predict("getpeername", s).after, 0.025, 0.180);
}

TEST_CASE("recv() of 0 bytes is deaf to a FIN and shares the one error with the server's writer") {
    const Expected table[] = {{"recv-zero", Effect::fin, Traffic::idle, 0, 0},
                              {"recv-zero", Effect::fin, Traffic::sending, 0, 0},
                              {"recv-zero", Effect::reset, Traffic::idle, 0, 0.110},
                              {"recv-zero", Effect::reset, Traffic::receiving, 0, 0.110},
                              {"recv-zero", Effect::reset, Traffic::sending, -1, -1},
                              {"recv-zero", Effect::reset, Traffic::one_write, -1, -1},
                              {"recv-zero", Effect::reset_on_send, Traffic::one_write, 0.010, 0.120}};
    check_windows(table);
}

TEST_CASE("SO_ERROR beside a reader is 0, except for the EPIPE of a RST after a FIN") {
    const Expected table[] = {{"so-error-zero", Effect::reset, Traffic::idle, 0, 0},
                              {"so-error-zero", Effect::reset, Traffic::sending, 0, 0},
                              {"so-error-zero", Effect::fin, Traffic::idle, 0, 0},
                              {"so-error-zero", Effect::fin, Traffic::one_write, 0.010, 0.130},
                              {"so-error-zero", Effect::fin, Traffic::sending, -1, -1},
                              {"so-error-zero", Effect::silence, Traffic::one_write, 0, 0}};
    check_windows(table);
}

TEST_CASE("FIONREAD 0 hears what recv() hears, at once, and takes half-closed for dead") {
    const Expected table[] = {{"fionread", Effect::fin, Traffic::idle, 0, 0.010},
                              {"fionread", Effect::reset, Traffic::sending, 0, 0.010},
                              {"fionread", Effect::half_close, Traffic::idle, 0, 0.010}};
    check_windows(table);
    const Situation half = right_after(Effect::half_close, Truth::half_closed);
    CHECK(predict("fionread", half).outcome(half.truth, 80s) == Outcome::misread);
}

TEST_CASE("a full buffer convicts the living, and nothing else is unwritable") {
    const Situation full = right_after(Effect::nothing, Truth::alive, Traffic::buffer_full);
    const Prediction p = predict("writable-means-alive", full);
    CHECK(p.after == Window{-2s, -1900ms});
    CHECK(p.outcome(full.truth, 80s) == Outcome::false_alarm);
    const Expected table[] = {{"writable-means-alive", Effect::reset, Traffic::idle, 0, 0},
                              {"writable-means-alive", Effect::fin, Traffic::sending, 0, 0},
                              {"writable-means-alive", Effect::nothing, Traffic::sending, 0, 0},
                              {"writable-means-alive", Effect::silence, Traffic::one_write, 0, 0},
                              {"writable-means-alive", Effect::silence, Traffic::sending, -1, -1}};
    check_windows(table);
}

TEST_CASE("a return value of send() is no receipt") {
    const std::string_view spec = "send-returned-means-delivered";
    const Expected table[] = {{spec, Effect::silence, Traffic::one_write, 0, 0},
                              {spec, Effect::fin, Traffic::one_write, 0, 0},
                              {spec, Effect::fin, Traffic::sending, 0.100, 0.200},
                              {spec, Effect::reset, Traffic::sending, 0, 0.100},
                              {spec, Effect::half_close, Traffic::sending, 0, 0},
                              {spec, Effect::acknowledges_only, Traffic::sending, -1, -1}};
    check_windows(table);
    CHECK(make_detector(spec)->skip_reason(Traffic::idle) == "never writes in idle traffic");
}

TEST_CASE("a RST is what folklore hears, if anything") {
    const Expectation of_reset[] = {{"getpeername:interval=10ms", Verdict::gone, "getpeername: ENOTCONN"},
                                    {"send-zero:interval=10ms", Verdict::gone, "send: ECONNRESET"},
                                    {"recv-zero:interval=10ms", Verdict::gone, "recv: ECONNRESET"},
                                    {"fionread", Verdict::gone, "FIONREAD: 0"},
                                    // Nobody else reads here, so that the error is still there.
                                    {"so-error-zero:interval=10ms", Verdict::gone, "SO_ERROR: ECONNRESET"}};
    for (const Expectation& expected : of_reset) {
        Watched watched(expected.spec);
        watched.client_resets();
        expect(watched, expected);
    }
}

TEST_CASE("a FIN says nothing to those who ask for the state, until the server writes") {
    const Expectation after_write[] = {{"getpeername:interval=10ms", Verdict::gone, "getpeername: ENOTCONN"},
                                       {"send-zero:interval=10ms", Verdict::gone, "send: EPIPE"},
                                       {"so-error-zero:interval=10ms", Verdict::gone, "SO_ERROR: EPIPE"}};
    for (const Expectation& expected : after_write) {
        Watched watched(expected.spec);
        watched.client_closes();
        INFO(expected.spec);
        CHECK(watched.quiet_for(100ms));
        client_writes_back(watched);
        expect(watched, expected);
    }
}

TEST_CASE("a half-closed client is dead to FIONREAD") {
    Watched watched("fionread");
    watched.client_says("hello");
    watched.client_shuts_down();
    expect(watched, {"fionread", Verdict::gone, "FIONREAD: 0"});
    CHECK(watched.server().all_received() == "hello");
}

namespace {

/// A detector that may never speak cannot be joined, so its own calls are made here in its place, on a
/// connection that was reset.
struct DeadSocket {
    DeadSocket() : watched("getpeername:interval=10ms") {
        watched.client_resets();
        watched.verdict();
    }
    int fd() { return watched.server().fd(); }
    Watched watched;
};

} // namespace

TEST_CASE("a dead socket has a valid descriptor, is connected, and is writable") {
    DeadSocket dead;
    CHECK(fcntl(dead.fd(), F_GETFD) != -1);
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    REQUIRE(getsockname(dead.fd(), reinterpret_cast<sockaddr*>(&own), &size) == 0);
    CHECK(connect(dead.fd(), reinterpret_cast<sockaddr*>(&own), size) == -1);
    CHECK(errno == EISCONN);
    pollfd watched{dead.fd(), POLLOUT, 0};
    CHECK(poll(&watched, 1, 0) == 1);
    CHECK((watched.revents & POLLOUT) != 0);
}

TEST_CASE("whoever comes second for the one pending error hears nothing") {
    DeadSocket dead;
    char nothing = 0;
    CHECK(recv(dead.fd(), &nothing, 1, MSG_DONTWAIT) == -1); // the server's reader takes ECONNRESET
    CHECK(recv(dead.fd(), &nothing, 0, MSG_DONTWAIT) == 0);
    int error = -1;
    socklen_t size = sizeof error;
    REQUIRE(getsockopt(dead.fd(), SOL_SOCKET, SO_ERROR, &error, &size) == 0);
    CHECK(error == 0);
}

TEST_CASE("recv() of 0 bytes gives the same answer for data and for an end of file") {
    Watched watched("send-error"); // reads nothing
    const auto ask = [&] {
        char nothing = 0;
        return recv(watched.server().fd(), &nothing, 0, MSG_DONTWAIT);
    };
    CHECK(ask() == -1);
    CHECK(errno == EAGAIN);
    watched.client_says("x");
    CHECK(ask() == 0);
    char byte = 0;
    CHECK(recv(watched.server().fd(), &byte, 1, 0) == 1);
    CHECK(ask() == -1);
    watched.client_shuts_down();
    CHECK(ask() == 0);
}

TEST_CASE("a send() that returns less than it was given is taken for a death") {
    Watched watched("send-returned-means-delivered");
    watched.server().make_due(std::string(100, 'x'));
    CHECK(watched.quiet_for(50ms));
    CHECK(watched.client_hears() == std::string(100, 'x'));
    watched.server().make_due(std::string(30'000'000, 'x')); // more than any buffer holds
    const Said said = watched.verdict();
    REQUIRE(said.verdict);
    CHECK(said.signal.starts_with("send: "));
    CHECK(said.signal.ends_with(" of 30000000 bytes"));
}

TEST_CASE("close() in another thread does not end a recv()") {
    Watched watched("close-wakes-recv:timeout=50ms");
    CHECK(watched.quiet_for(300ms)); // closed long ago
    watched.client_says("late");
    expect(watched, {"close-wakes-recv", Verdict::gone, "recv: EBADF"});
    CHECK(watched.server().all_received() == "late");
}

TEST_CASE("a reader whose descriptor was closed still hears the end of the connection") {
    for (const bool reset : {false, true}) {
        Watched watched("close-wakes-recv:timeout=20ms");
        CHECK(watched.quiet_for(100ms));
        reset ? watched.client_resets() : watched.client_shuts_down();
        expect(watched, {"close-wakes-recv", reset ? Verdict::gone : Verdict::eof,
                         reset ? "recv: ECONNRESET" : "recv: 0"});
    }
}

TEST_CASE("a pause beyond the watchdog's limit convicts the client that comes back, with its first message") {
    Situation s = right_after(Effect::silence, Truth::alive, Traffic::receiving);
    s.heals_after = 5s;
    // Lost at 0 to 0.1 s; sent again after 0.2 s (tail loss probe), 0.4, 0.8, 1.6, 3.3, 6.7 s.
    const Prediction p = predict("close-wakes-recv:timeout=2s", s);
    REQUIRE(p.kind == Kind::window);
    CHECK(p.signal == "recv: EBADF");
    CHECK(p.after.from >= 5s);
    CHECK(p.after.to <= 7s);
    s.heals_after = 500ms;
    CHECK(predict("close-wakes-recv:timeout=5s", s).kind == Kind::never);
    CHECK(predict("close-wakes-recv:timeout=150ms", s).kind == Kind::unknown);
    CHECK(silent_drop("close-wakes-recv", Traffic::receiving).kind == Kind::never);
}
