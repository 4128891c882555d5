// A part of the client fails, or its host does with somebody else to answer for it: who is fooled, as a table.

#include "support/cell_table.h"
#include "support/namespaces.h"
#include "support/short_settings.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

const std::string no_message = "noticed no message for 2 s",
                  no_pong = "noticed no pong for 2 s";

} // namespace

TEST_CASE("a heartbeat proves the life of the thread that sends it, and a pong that of the one that answers") {
    NEEDS_NAMESPACES;
    check_table({"process-stopped", "process-worker-hung", "not-reading", "proxy-keeps-acking"},
                {
                    {"recv", {missed, missed, missed, missed}},
                    {keepalive, {missed, missed, missed, missed}},
                    {heartbeat, {no_message, missed, missed, no_message}},
                    {ping_pong, {no_pong, no_pong, no_pong, no_pong}},
                    {ping_pong + ",answered-by=thread", {no_pong, missed, no_pong, no_pong}},
                },
                "idle", 4s);
}

TEST_CASE("messages of the worker's own end with it, and those of a client that reads no more go on") {
    NEEDS_NAMESPACES;
    check_table({"process-worker-hung", "not-reading", "proxy-keeps-acking"},
                {{"recv-timeout:timeout=1s", {"noticed no byte for 1 s", missed, "noticed no byte for 1 s"}}}, "receiving", 3s);
}

TEST_CASE("a client that reads at a trickle is convicted by whoever has a limit for what it has not read") {
    NEEDS_NAMESPACES;
    check_table({"slow-reader"},
                {
                    {"recv", {quiet}},
                    {heartbeat, {quiet}},
                    {user_timeout, {"false-alarm recv: ETIMEDOUT"}},
                    {ping_pong, {"false-alarm no pong for 2 s"}},
                },
                "buffer-full", 4s);
    check_table({"slow-reader", "starved"}, {{heartbeat, {quiet, quiet}}, {ping_pong, {quiet, quiet}}, {keepalive, {quiet, quiet}}},
                "idle", 4s);
}

TEST_CASE("a goodbye that is lost is none, and one with nobody behind it answers no question") {
    NEEDS_NAMESPACES;
    check_table({"fin-lost", "host-shutdown"},
                {
                    {"recv", {missed, eof}},
                    {keepalive, {timeout, eof}},
                    {heartbeat, {no_message, eof}},
                    {"poll-nothing", {missed, missed}},
                    {"eof-then-write:timeout=500ms", {missed, "noticed EOF, and no RST to a write"}},
                },
                "idle", 6s);
}

TEST_CASE("a host that took over an address answers by RST, and only when it is asked") {
    NEEDS_NAMESPACES;
    check_table({"host-reboot", "address-moved"},
                {{"recv", {missed, missed}}, {keepalive, {rst, rst}}, {heartbeat, {no_message, no_message}}}, "idle", 3s);
    check_table({"host-reboot", "address-moved"}, {{"recv", {rst, rst}}}, "one-write", 1s);
}
