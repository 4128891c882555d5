// watch() of the methods that ask or write by themselves, on real connections over 127.0.0.1.

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/detectors/loopback.h"

using namespace halfopen;
using namespace halfopen::loopback;
using namespace std::chrono_literals;

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
