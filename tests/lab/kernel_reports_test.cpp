// With root and eBPF: detectors that hear from the kernel itself, and the instant at which it knew in every record.

#include "harness/linux/socket_states.h"
#include "support/catch.h"
#include "support/cell_table.h"
#include "support/namespaces.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

TEST_CASE("the kernel's own reports tell of goodbyes at once and of silence when it gives up, and its instants come first") {
    NEEDS_NAMESPACES;
    if (const std::string why = why_no_socket_states(); !why.empty()) HALFOPEN_SKIP(why);
    const std::vector<std::string> scenarios{"orderly-close", "half-close", "abortive-close", "silent-drop", "process-stopped"};
    const std::string eof = "noticed inet_sock_set_state: CLOSE_WAIT", missed = "missed", timeout = "noticed recv: ETIMEDOUT";
    const std::vector<Row> rows{
        {"bpf-state", {eof, eof, "noticed inet_sock_set_state: ECONNRESET", missed, missed}},
        {"bpf-retransmit:count=2", {missed, missed, missed, "noticed tcp_retransmit_skb: 2 in a row", missed}},
        {"user-timeout:timeout=1s", {"noticed recv: 0", "noticed recv: 0", "noticed recv: ECONNRESET", timeout, missed}},
        {"heartbeat:interval=200ms,timeout=1s",
         {"noticed recv: 0", "noticed recv: 0", "noticed recv: ECONNRESET", "noticed no message for 1 s",
          "noticed no message for 1 s"}},
    };
    const auto lines = run_table(scenarios, rows, "one-write", 3s);
    for (const Row& row : rows)
        for (size_t i = 0; i < scenarios.size(); ++i) {
            const std::string id = scenarios[i] + "/one-write/" + spec_of(*make_detector(row.detector)) + "/r1";
            INFO(id);
            CHECK(say(lines.at(id)) == row.answers[i]);
        }
    for (const auto& [id, line] : lines) {
        INFO(id);
        const bool knows = line.scenario != "process-stopped" &&
                           (line.scenario != "silent-drop" || line.detector == "user-timeout");
        CHECK(line.kernel_knew_after.has_value() == knows);
        if (!line.kernel_knew_after || !line.noticed_after) continue;
        CHECK(line.kernel_knew_after->from == line.kernel_knew_after->to);
        CHECK(line.kernel_knew_after->to > 0ns);
        CHECK(line.kernel_knew_after->to < *line.noticed_after);
    }
}

TEST_CASE("without root a detector that needs eBPF is skipped by the reason, and nothing is known of the kernel's instants") {
    NEEDS_NAMESPACES;
    if (why_no_socket_states().empty()) HALFOPEN_SKIP("this user may load eBPF programs");
    const auto lines = run_table({"orderly-close"}, {{"bpf-state", {}}, {"recv", {}}}, "idle", 1s);
    CHECK(lines.at("orderly-close/idle/bpf-state/r1").outcome == Outcome::skipped);
    CHECK(lines.at("orderly-close/idle/bpf-state/r1").why == why_no_socket_states());
    CHECK_FALSE(lines.at("orderly-close/idle/recv/r1").kernel_knew_after);
}
