// How a client's end looks from the server, as a table: who says goodbye, who speaks for a dead process, and what only
// one direction of a path tells.

#include "support/cell_table.h"
#include "support/namespaces.h"
#include "support/short_settings.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

TEST_CASE("a kernel says goodbye for a process that ends, and whether by FIN or RST depends on what was read") {
    NEEDS_NAMESPACES;
    check_table({"process-exit", "close-behind-data", "process-killed", "process-killed-unread", "sock-destroy"},
                {
                    {"recv", {eof, eof, eof, rst, rst}},
                    {"select", {eof, eof, eof, rst, rst}},
                    {"select-as-stated", {eof, eof, eof, eof, eof}},
                    {"tcp-info", {"noticed TCP_INFO: CLOSE_WAIT", "noticed TCP_INFO: CLOSE_WAIT", "noticed TCP_INFO: CLOSE_WAIT",
                                  "noticed TCP_INFO: CLOSE", "noticed TCP_INFO: CLOSE"}},
                    {keepalive, {eof, eof, eof, rst, rst}},
                    {heartbeat, {eof, eof, eof, rst, rst}},
                    {ping_pong, {eof, eof, eof, rst, rst}},
                    {"noop", {missed, missed, missed, missed, missed}},
                },
                "idle", 1s);
}

TEST_CASE("a RST is believed from anybody who knows the number, and from nobody else") {
    NEEDS_NAMESPACES;
    for (const std::string traffic : {"idle", "receiving"})
        check_table({"abortive-close", "forged-reset", "forged-reset-off-window"},
                    {
                        {"recv", {rst, rst, quiet}},
                        {"tcp-info", {"noticed TCP_INFO: CLOSE", "noticed TCP_INFO: CLOSE", quiet}},
                        {heartbeat, {rst, rst, quiet}},
                    },
                    traffic, 1s);
}

TEST_CASE("a process that pauses for half of a limit is left in peace, and one that stops is not") {
    NEEDS_NAMESPACES;
    check_table({"process-stopped", "process-stopped-briefly"},
                {
                    {"recv", {missed, quiet}},
                    {keepalive, {missed, quiet}},
                    {heartbeat, {"noticed no message for 2 s", quiet}},
                    {ping_pong, {"noticed no pong for 2 s", quiet}},
                },
                "idle", 6s);
}

TEST_CASE("a child that holds the socket makes a killed client look like a stopped one") {
    NEEDS_NAMESPACES;
    check_table({"process-killed", "inherited-socket", "process-stopped"},
                {
                    {"recv", {eof, missed, missed}},
                    {"tcp-info-as-stated", {"noticed TCP_INFO: CLOSE_WAIT", missed, missed}},
                    {keepalive, {eof, missed, missed}},
                    {user_timeout, {eof, missed, missed}},
                    {heartbeat, {eof, "noticed no message for 2 s", "noticed no message for 2 s"}},
                    {ping_pong, {eof, "noticed no pong for 2 s", "noticed no pong for 2 s"}},
                },
                "idle", 4s);
    // Without process-killed: a process with sanitizers may take longer to die than the 10 ms until the write.
    check_table({"inherited-socket", "process-stopped"},
                {
                    {"recv", {missed, missed}},
                    {"tcp-info-as-stated", {missed, missed}},
                    {keepalive, {missed, missed}},
                    {user_timeout, {missed, missed}},
                    {heartbeat, {"noticed no message for 2 s", "noticed no message for 2 s"}},
                    {ping_pong, {"noticed no pong for 2 s", "noticed no pong for 2 s"}},
                },
                "one-write", 4s);
}

TEST_CASE("a server that hears nothing cannot tell whether it is heard") {
    NEEDS_NAMESPACES;
    check_table({"silent-drop", "drop-from-client", "drop-to-client"},
                {
                    {"recv", {missed, missed, missed}},
                    {keepalive, {timeout, timeout, timeout}},
                    {heartbeat, std::vector<std::string>(3, "noticed no message for 2 s")},
                    {ping_pong, std::vector<std::string>(3, "noticed no pong for 2 s")},
                },
                "idle", 6s);
    check_table({"silent-drop", "drop-from-client", "drop-to-client"},
                {
                    {keepalive, {missed, missed, missed}},
                    {user_timeout, {timeout, timeout, timeout}},
                    {"tcp-info", std::vector<std::string>(3, "noticed TCP_INFO: 3 retransmits")},
                },
                "one-write", 4s);
    // Keepalive counts from the retransmissions of a client that is still heard, and so does not notice in this time.
    check_table({"silent-drop", "drop-from-client", "drop-to-client"}, {{keepalive, {timeout, timeout, missed}}},
                "receiving", 6s);
}

TEST_CASE("SA_RESTART hides EINTR from a recv() that takes any error for death") {
    NEEDS_NAMESPACES;
    check_table({"signal-storm", "signal-storm-restart"},
                {
                    {"recv-any-error", {"false-alarm recv: EINTR", quiet}},
                    {"recv", {quiet, quiet}},
                    {"select", {quiet, quiet}},
                    {"poll", {quiet, quiet}},
                    {heartbeat, {quiet, quiet}},
                },
                "idle", 2s);
}

TEST_CASE("whoever has a limit calls a client dead that an outage kept silent for longer") {
    NEEDS_NAMESPACES;
    check_table({"outage-too-long"},
                {
                    {heartbeat, {"false-alarm no message for 2 s"}},
                    {ping_pong, {"false-alarm no pong for 2 s"}},
                    {keepalive, {"false-alarm recv: ETIMEDOUT"}},
                },
                "idle", 8s);
    check_table({"outage-too-long"}, {{user_timeout, {"false-alarm recv: ETIMEDOUT"}}}, "one-write", 5s);
}
