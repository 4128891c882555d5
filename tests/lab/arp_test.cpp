// A router that no longer knows where the client is, and asks by ARP in vain.

#include "support/cell_table.h"
#include "support/namespaces.h"
#include "support/short_settings.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

TEST_CASE("a host that ARP cannot find is unreachable after three seconds, for whoever listens, and for nobody else") {
    NEEDS_NAMESPACES;
    const std::string soft = "noticed recv: EHOSTUNREACH";
    const std::vector<std::string> scenarios{"host-crash-arp", "client-cable-pulled"};
    const std::vector<Row> rows{
        {"recv", {missed, missed}},
        {"error-queue", {soft, soft}},
        {"user-timeout:timeout=2s", {timeout, timeout}}, // over before the router has spoken
        {"user-timeout:timeout=6s", {soft, soft}},
        {"heartbeat:interval=500ms,timeout=2s", {"noticed no message for 2 s", "noticed no message for 2 s"}},
        {"link-events", {missed, missed}}, // The server's own links are well.
    };
    const auto lines = run_table(scenarios, rows, "one-write", 10s);
    for (const Row& row : rows)
        for (size_t i = 0; i < scenarios.size(); ++i) {
            const std::string id = scenarios[i] + "/one-write/" + spec_of(*make_detector(row.detector)) + "/r1";
            INFO(id);
            const TrialLine& line = lines.at(id);
            CHECK(say(line) == row.answers[i]);
            CHECK(line.fault_verified);
            if (!line.noticed_after) continue;
            REQUIRE(line.predicted.after);
            INFO(say(*line.noticed_after));
            CHECK(line.predicted.after->from <= *line.noticed_after);
            CHECK(*line.noticed_after <= line.predicted.after->to + 200ms); // A busy machine is late.
        }
}

TEST_CASE("a thin pipe carries whatever says little") {
    NEEDS_NAMESPACES;
    check_table({"thin-pipe"}, {{"recv", {quiet}}, {heartbeat, {quiet}}, {ping_pong, {quiet}}, {keepalive, {quiet}}, {user_timeout, {quiet}}},
                "one-write", 4s);
}
