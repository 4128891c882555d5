// watch() of every method, on real connections over 127.0.0.1.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "tests/detectors/loopback.h"

using namespace halfopen;
using namespace halfopen::loopback;
using namespace std::chrono_literals;

namespace {

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
