// Before and after the connection, in real namespaces.

#include <thread>

#include "harness/base/error.h"
#include "support/cell_table.h"
#include "support/namespaces.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

TEST_CASE("whoever looks finds a FIN that came before, and whoever waits for an error finds none") {
    NEEDS_NAMESPACES;
    const std::string eof = "noticed recv: 0";
    check_table({"close-wait-forever"},
                {
                    {"recv", {eof}},
                    {"select", {eof}},
                    {"poll", {eof}},
                    {"epoll-edge-rdhup", {"noticed epoll: EPOLLRDHUP"}},
                    {"sigio", {eof}},
                    {"keepalive", {eof}},
                    {"ping-pong:answered-by=thread", {eof}},
                    {"tcp-info", {"noticed TCP_INFO: CLOSE_WAIT"}},
                    {"sock-diag:interval=100ms", {"noticed sock_diag: CLOSE-WAIT"}},
                    {"so-error-zero", {"missed"}},
                    {"poll-nothing", {"missed"}},
                    {"noop", {"missed"}},
                },
                "idle", 500ms);
}

TEST_CASE("FIN_WAIT2 has no limit while the program holds the socket, and its own writes fail") {
    NEEDS_NAMESPACES;
    check_table({"fin-wait2-silent"},
                {
                    {"recv", {"missed"}},
                    {"keepalive+user-timeout:idle=1s,interval=1s,count=1", {"missed"}},
                    {"heartbeat:interval=500ms,timeout=1s", {"noticed no message for 1 s"}},
                    {"ping-pong:interval=500ms,timeout=2s", {"noticed send: EPIPE"}},
                    {"send-zero", {"noticed send: EPIPE"}},
                    {"sock-diag:interval=100ms", {"missed"}},
                    {"proc-net-tcp:interval=100ms", {"missed"}},
                },
                "idle", 3s);
}

TEST_CASE("without a descriptor the kernel's tables tell, and all that ask the socket are skipped by that reason") {
    NEEDS_NAMESPACES;
    const std::string before = "skipped (no descriptor before accept())", after = "skipped (no descriptor after close())";
    check_table({"orphan-fin-wait1", "accept-never-called", "last-ack-lost", "backlog-full"},
                {
                    {"recv", {after, before, before, before}},
                    {"sock-diag:interval=100ms,count=1",
                     {"noticed sock_diag: 1 tries", "noticed sock_diag: CLOSE-WAIT", "noticed sock_diag: 1 tries",
                      "noticed sock_diag: not there"}},
                    {"proc-net-tcp:interval=100ms",
                     {"missed", "noticed /proc/net/tcp: CLOSE_WAIT", "missed", "noticed /proc/net/tcp: no line"}},
                    {"noop", {"missed", "missed", "missed", "missed"}},
                },
                "idle", 2s);
}
