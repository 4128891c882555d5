// watch() of the methods that write, look at the send queue, or look from outside the socket, on real connections over 127.0.0.1.

#include <sys/socket.h>

#include "tests/detectors/loopback.h"

using namespace halfopen;
using namespace halfopen::loopback;
using namespace std::chrono_literals;

TEST_CASE("a queue that is acknowledged convicts nobody, and one that stands still convicts") {
    Watched watched("siocoutq:interval=10ms,timeout=500ms");
    for (int i = 0; i < 40; ++i) {
        watched.server().make_due(std::string(1000, 'x'));
        REQUIRE(watched.quiet_for(25ms));
    }
    watched.server().make_due(std::string(64 << 20, 'x')); // more than both buffers hold, and nobody reads
    expect(watched, {"siocoutq", Verdict::gone, "SIOCOUTQ: no progress for 500 ms"});
}

TEST_CASE("a client that reads slowly makes progress, though the queue never shrinks") {
    Watched watched("siocoutq:interval=10ms,timeout=500ms");
    watched.server().make_due(std::string(64 << 20, 'x'));
    for (int i = 0; i < 200; ++i) {
        for (int j = 0; j < 50; ++j)
            watched.client_hears();
        REQUIRE(watched.quiet_for(10ms));
    }
}

TEST_CASE("an empty queue says nothing of a client that is gone, and a write that drew a RST stays in it") {
    Watched watched("siocoutq:interval=10ms,timeout=300ms");
    watched.client_closes();
    REQUIRE(watched.quiet_for(600ms));
    watched.server().make_due("one");
    REQUIRE(watched.quiet_for(200ms));
    expect(watched, {"siocoutq", Verdict::gone, "SIOCOUTQ: no progress for 300 ms"});
}

TEST_CASE("a second write after a close fails before the queue's limit") {
    Watched watched("siocoutq:interval=10ms,timeout=4s");
    watched.client_closes();
    watched.server().make_due("one");
    REQUIRE(watched.quiet_for(100ms));
    watched.server().make_due("two");
    expect(watched, {"siocoutq", Verdict::gone, "send: EPIPE"});
}

TEST_CASE("bytes that wait unsent convict a client that takes none, and spare one that reads") {
    for (const bool reads : {true, false}) {
        Watched watched("notsent-bytes:interval=10ms,timeout=500ms");
        REQUIRE(watched.quiet_for(600ms)); // nothing waits
        const std::string block(1 << 20, 'x');
        while (send(watched.server().fd(), block.data(), block.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
        }
        if (!reads) {
            expect(watched, {"notsent-bytes", Verdict::gone, "TCP_INFO: less than 100 bytes per second for 500 ms"});
            continue;
        }
        for (int i = 0; i < 80; ++i) {
            for (int j = 0; j < 20; ++j)
                watched.client_hears();
            while (send(watched.server().fd(), block.data(), block.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
            }
            REQUIRE(watched.quiet_for(10ms));
        }
    }
}

TEST_CASE("the connection's own line is found among all others, and a dead connection has none") {
    Watched other("proc-net-tcp:interval=10ms");
    Watched closed("proc-net-tcp:interval=10ms");
    REQUIRE(closed.quiet_for(100ms));
    closed.client_shuts_down();
    expect(closed, {"proc-net-tcp", Verdict::eof, "/proc/net/tcp: CLOSE_WAIT"});
    Watched reset("proc-net-tcp:interval=10ms");
    REQUIRE(reset.quiet_for(100ms));
    reset.client_resets();
    expect(reset, {"proc-net-tcp", Verdict::gone, "/proc/net/tcp: no line"});
    CHECK(other.quiet_for(50ms));
}

TEST_CASE("a pending errno brings no SIGPIPE, and the write after it does") {
    Watched watched("send-sigpipe");
    watched.client_resets();
    CHECK(watched.quiet_for(50ms));
    watched.server().make_due("one"); // takes ECONNRESET
    CHECK(watched.quiet_for(100ms));
    watched.server().make_due("two");
    expect(watched, {"send-sigpipe", Verdict::gone, "send: SIGPIPE"});
}

TEST_CASE("the second write after a close is deadly at once") {
    Watched watched("send-sigpipe");
    watched.client_closes();
    watched.server().make_due("one");
    CHECK(watched.quiet_for(100ms));
    watched.server().make_due("two");
    expect(watched, {"send-sigpipe", Verdict::gone, "send: SIGPIPE"});
}

TEST_CASE("sock_diag finds the connection by its inode, and a dead one is not there") {
    Watched other("sock-diag:interval=10ms");
    Watched closed("sock-diag:interval=10ms");
    REQUIRE(closed.quiet_for(100ms));
    closed.client_shuts_down();
    expect(closed, {"sock-diag", Verdict::eof, "sock_diag: CLOSE-WAIT"});
    Watched reset("sock-diag:interval=10ms");
    REQUIRE(reset.quiet_for(100ms));
    reset.client_resets();
    expect(reset, {"sock-diag", Verdict::gone, "sock_diag: not there"});
    CHECK(other.quiet_for(50ms));
}
