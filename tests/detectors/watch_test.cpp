// watch() of every method, on real connections over 127.0.0.1.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <catch2/catch.hpp>

#include "tests/detectors/loopback.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

struct Expectation {
    std::string_view spec;
    Verdict verdict;
    std::string_view signal;
};

void expect(Watched& watched, const Expectation& expected) {
    const Said said = watched.verdict();
    INFO(expected.spec << " said \"" << said.signal << "\"");
    REQUIRE(said.verdict);
    CHECK(*said.verdict == expected.verdict);
    CHECK(said.signal == expected.signal);
}

int option(int fd, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    getsockopt(fd, level, name, &value, &size);
    return value;
}

/// All that read or look, with what they say of an end of file.
const std::vector<Expectation> of_eof = {{"recv-as-stated", Verdict::gone, "recv: 0"},
                                         {"recv-as-stated:timeout=10s", Verdict::gone, "recv: 0"},
                                         {"recv", Verdict::eof, "recv: 0"},
                                         {"tcp-info-as-stated", Verdict::gone, "TCP_INFO: CLOSE_WAIT"},
                                         {"tcp-info", Verdict::eof, "TCP_INFO: CLOSE_WAIT"},
                                         {"select-as-stated", Verdict::gone, "recv: 0"},
                                         {"select", Verdict::eof, "recv: 0"},
                                         {"keepalive", Verdict::eof, "recv: 0"},
                                         {"keepalive+user-timeout", Verdict::eof, "recv: 0"},
                                         {"heartbeat", Verdict::eof, "recv: 0"},
                                         {"ping-pong", Verdict::eof, "recv: 0"},
                                         {"user-timeout", Verdict::eof, "recv: 0"},
                                         {"poll", Verdict::eof, "recv: 0"},
                                         {"epoll-edge-rdhup", Verdict::eof, "epoll: EPOLLRDHUP"},
                                         {"recv-any-error", Verdict::gone, "recv: 0"}};

} // namespace

TEST_CASE("a half-close is an end of file to those who know, and death to the others") {
    for (const Expectation& expected : of_eof) {
        Watched watched(expected.spec);
        watched.client_shuts_down();
        expect(watched, expected);
    }
}

TEST_CASE("a close is heard as an end of file") {
    for (const Expectation& expected : of_eof) {
        if (expected.spec == "ping-pong")
            continue; // its unread ping makes the close a reset
        Watched watched(expected.spec);
        watched.client_closes();
        expect(watched, expected);
    }
}

TEST_CASE("a reset is heard as ECONNRESET") {
    const Expectation of_reset[] = {{"recv-as-stated", Verdict::gone, "recv: ECONNRESET"},
                                    {"recv", Verdict::gone, "recv: ECONNRESET"},
                                    {"tcp-info-as-stated", Verdict::gone, "TCP_INFO: CLOSE"},
                                    {"tcp-info", Verdict::gone, "TCP_INFO: CLOSE"},
                                    {"select-as-stated", Verdict::gone, "recv: 0"}, // at its second look
                                    {"select", Verdict::gone, "recv: ECONNRESET"},
                                    {"keepalive", Verdict::gone, "recv: ECONNRESET"},
                                    {"keepalive+user-timeout", Verdict::gone, "recv: ECONNRESET"},
                                    {"heartbeat", Verdict::gone, "recv: ECONNRESET"},
                                    {"ping-pong", Verdict::gone, "recv: ECONNRESET"},
                                    {"user-timeout", Verdict::gone, "recv: ECONNRESET"},
                                    {"poll", Verdict::gone, "recv: ECONNRESET"},
                                    {"epoll-edge-rdhup", Verdict::gone, "SO_ERROR: ECONNRESET"},
                                    {"recv-any-error", Verdict::gone, "recv: ECONNRESET"}};
    for (const Expectation& expected : of_reset) {
        Watched watched(expected.spec);
        watched.client_resets();
        expect(watched, expected);
    }
}

TEST_CASE("every byte that a method reads is handed over") {
    const std::string big(100'000, 'b'); // many reads, and for an edge-triggered method one edge
    for (const Expectation& expected : of_eof) {
        if (expected.spec.starts_with("tcp-info"))
            continue;
        Watched watched(expected.spec);
        watched.client_says("hello");
        watched.client_says(big);
        watched.client_shuts_down();
        INFO(expected.spec);
        REQUIRE(watched.verdict().verdict);
        CHECK(watched.server().all_received() == "hello" + big);
    }
}

TEST_CASE("signals do not convict where EINTR means to ask again") {
    for (const Expectation& expected : of_eof) {
        if (expected.spec == "recv-any-error")
            continue;
        Watched watched(expected.spec);
        for (int i = 0; i < 5; ++i) {
            watched.signal();
            std::this_thread::sleep_for(2ms);
        }
        INFO(expected.spec);
        CHECK(watched.quiet_for(10ms));
        watched.client_shuts_down();
        expect(watched, expected);
    }
}

TEST_CASE("a signal convicts where any error counts") {
    Watched watched("recv-any-error");
    for (int i = 0; i < 50 && watched.quiet_for(20ms); ++i)
        watched.signal();
    expect(watched, {"recv-any-error", Verdict::gone, "recv: EINTR"});
}

TEST_CASE("law 1 as stated calls an idle client dead when the socket has a timeout") {
    Watched watched("recv-as-stated:timeout=50ms");
    expect(watched, {"recv-as-stated:timeout=50ms", Verdict::gone, "recv: EAGAIN"});
}

TEST_CASE("keepalive sets its options") {
    Watched watched("keepalive:idle=7s,interval=3s,count=4");
    const int fd = watched.server().fd();
    for (int i = 0; i < 100 && option(fd, SOL_SOCKET, SO_KEEPALIVE) == 0; ++i)
        std::this_thread::sleep_for(10ms);
    CHECK(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 7);
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 3);
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPCNT) == 4);
    CHECK(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 0);
}

TEST_CASE("keepalive done right sets the user timeout to the same silence") {
    Watched watched("keepalive+user-timeout");
    const int fd = watched.server().fd();
    for (int i = 0; i < 100 && option(fd, SOL_SOCKET, SO_KEEPALIVE) == 0; ++i)
        std::this_thread::sleep_for(10ms);
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 60);
    CHECK(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 75'000);
}

TEST_CASE("the user timeout alone leaves keepalive off") {
    Watched watched("user-timeout:timeout=1500ms");
    const int fd = watched.server().fd();
    for (int i = 0; i < 100 && option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 0; ++i)
        std::this_thread::sleep_for(10ms);
    CHECK(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 1500);
    CHECK(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 0);
}

TEST_CASE("a heartbeat that goes on convicts nobody, and one that stops convicts") {
    Watched watched("heartbeat:interval=50ms,timeout=1s");
    for (int i = 0; i < 30; ++i) {
        watched.client_says("hello");
        REQUIRE(watched.quiet_for(50ms));
    }
    expect(watched, {"heartbeat", Verdict::gone, "no message for 1 s"});
}

TEST_CASE("pings that are answered convict nobody, and unanswered ones convict") {
    Watched watched("ping-pong:interval=50ms,timeout=1s");
    for (int i = 0; i < 30; ++i) {
        if (!watched.client_hears().empty())
            watched.client_says("pong");
        REQUIRE(watched.quiet_for(50ms));
    }
    expect(watched, {"ping-pong", Verdict::gone, "no pong for 1 s"});
}

TEST_CASE("a message that is no pong does not keep a ping-pong client alive") {
    Watched watched("ping-pong:interval=50ms,timeout=300ms");
    for (int i = 0; i < 100 && watched.quiet_for(20ms); ++i)
        watched.client_says("hello");
    expect(watched, {"ping-pong", Verdict::gone, "no pong for 300 ms"});
}

TEST_CASE("ping-pong writes what is due, and a full buffer does not block it") {
    Watched watched("ping-pong:interval=100ms,timeout=1s");
    watched.server().make_due("answer");
    std::string heard;
    for (int i = 0; i < 100 && heard.find("answer") == std::string::npos; ++i) {
        heard += watched.client_hears();
        std::this_thread::sleep_for(10ms);
    }
    CHECK(heard.find("answer") != std::string::npos);
    watched.server().make_due(std::string(64 << 20, 'x'));
    expect(watched, {"ping-pong", Verdict::gone, "no pong for 1 s"});
}

TEST_CASE("the first write after a close succeeds and the second fails") {
    Watched watched("send-error");
    watched.client_closes();
    watched.server().make_due("one");
    CHECK(watched.quiet_for(100ms));
    watched.server().make_due("two");
    expect(watched, {"send-error", Verdict::gone, "send: EPIPE"});
}

TEST_CASE("a writer that has nothing to write hears nothing") {
    Watched watched("send-error");
    watched.client_resets();
    CHECK(watched.quiet_for(100ms));
    watched.server().make_due("one");
    expect(watched, {"send-error", Verdict::gone, "send: ECONNRESET"});
}

TEST_CASE("a writer that waits for room in a full buffer hears a reset") {
    Watched watched("send-error");
    watched.server().make_due(std::string(64 << 20, 'x'));
    CHECK(watched.quiet_for(200ms));
    watched.client_resets();
    expect(watched, {"send-error", Verdict::gone, "send: ECONNRESET"});
}

TEST_CASE(
    "TCP_INFO done right spares a client that was idle for longer than the limit and then acknowledges") {
    Watched watched("tcp-info:interval=5ms,timeout=500ms");
    std::this_thread::sleep_for(700ms);
    for (int i = 0; i < 20; ++i) {
        REQUIRE(send(watched.server().fd(), "x", 1, MSG_NOSIGNAL) == 1);
        REQUIRE(watched.quiet_for(10ms));
    }
}

TEST_CASE("noop blocks for ever") {
    const pid_t child = fork();
    if (child == 0) {
        LoopbackConnection nowhere(-1);
        Notebook notebook;
        make_detector("noop")->watch(nowhere, notebook);
        _exit(0);
    }
    std::this_thread::sleep_for(50ms);
    int status = 0;
    CHECK(waitpid(child, &status, WNOHANG) == 0);
    kill(child, SIGKILL);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
}
