// Real connections in real namespaces: what each method says of each failure. The answers stand here as a table, not
// as theory: they are what the note's laws are measured by.

#include <algorithm>

#include "harness/base/error.h"
#include "support/catch.h"
#include "support/cell_table.h"
#include "support/namespaces.h"
#include "support/short_settings.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

const std::string both = "keepalive+user-timeout:idle=2s,interval=1s,count=2";
const std::string recv_timeout = "recv-as-stated:timeout=1s";
const std::string second_channel = "second-channel:interval=500ms,timeout=2s";
const std::string icmp_echo = "icmp-echo:interval=500ms,timeout=2s";

} // namespace

TEST_CASE("whoever hears a goodbye hears it at once, and as stated a half-closed client is called dead") {
    NEEDS_NAMESPACES;
    const std::string eof = "noticed recv: 0", rst = "noticed recv: ECONNRESET";
    check_table({"orderly-close", "process-killed", "half-close", "abortive-close"},
                {
                    {"recv-as-stated", {eof, eof, "misread recv: 0", rst}},
                    {"recv", {eof, eof, eof, rst}},
                    {"tcp-info-as-stated",
                     {"noticed TCP_INFO: CLOSE_WAIT", "noticed TCP_INFO: CLOSE_WAIT", "misread TCP_INFO: CLOSE_WAIT",
                      "noticed TCP_INFO: CLOSE"}},
                    {"tcp-info",
                     {"noticed TCP_INFO: CLOSE_WAIT", "noticed TCP_INFO: CLOSE_WAIT", "noticed TCP_INFO: CLOSE_WAIT",
                      "noticed TCP_INFO: CLOSE"}},
                    {"select-as-stated", {eof, eof, "misread recv: 0", eof}},
                    {"select", {eof, eof, eof, rst}},
                    {keepalive, {eof, eof, eof, rst}},
                    {both, {eof, eof, eof, rst}},
                    {heartbeat, {eof, eof, eof, rst}},
                    {ping_pong, {eof, eof, eof, rst}},
                    {"poll", {eof, eof, eof, rst}},
                    {"recv-any-error", {eof, eof, "misread recv: 0", rst}},
                    {"conntrack-events", {"noticed conntrack: FIN_WAIT", "noticed conntrack: FIN_WAIT",
                                          "noticed conntrack: FIN_WAIT", "noticed conntrack: CLOSE"}},
                    {"diag-destroy-events", {"missed", "missed", "missed", "missed"}},
                    {"noop", {"missed", "missed", "missed", "missed"}},
                },
                "idle", 1s);
}

TEST_CASE("on an idle link laws 1 to 3 miss every silent failure, and only law 5 sees a stopped process") {
    NEEDS_NAMESPACES;
    const std::string rst = "noticed recv: ECONNRESET", timeout = "noticed recv: ETIMEDOUT", missed = "missed";
    const std::string udp = "noticed no datagram for 2 s", echo = "noticed no echo reply for 2 s";
    const std::vector<std::string> nothing(5, missed), hello(5, "noticed no message for 2 s");
    check_table({"silent-drop", "host-crash", "host-reboot", "reset-by-middlebox", "process-stopped"},
                {
                    {"recv-as-stated", nothing},
                    {"recv", nothing},
                    {"tcp-info-as-stated", nothing},
                    {"tcp-info", nothing},
                    {"select-as-stated", nothing},
                    {"select", nothing},
                    {keepalive, {timeout, timeout, rst, rst, missed}},
                    {both, {timeout, timeout, rst, rst, missed}},
                    {heartbeat, hello},
                    {ping_pong, {"noticed no pong for 2 s", "noticed no pong for 2 s", rst, rst, "noticed no pong for 2 s"}},
                    {user_timeout, nothing},
                    {second_channel, {udp, udp, udp, missed, udp}},
                    {icmp_echo, {echo, echo, missed, missed, missed}},
                    {"poll", nothing},
                    {"epoll-edge-rdhup", nothing},
                    {"recv-any-error", nothing},
                    {"noop", nothing},
                },
                "idle", 6s);
}

TEST_CASE("one unacknowledged write turns keepalive off, and a user timeout is what holds then") {
    NEEDS_NAMESPACES;
    const std::string rst = "noticed recv: ECONNRESET", timeout = "noticed recv: ETIMEDOUT", missed = "missed";
    check_table({"silent-drop", "host-crash", "host-reboot", "reset-by-middlebox", "process-stopped"},
                {
                    {"recv", {missed, missed, rst, rst, missed}},
                    {keepalive, {missed, missed, rst, rst, missed}},
                    {both, {timeout, timeout, rst, rst, missed}},
                    {user_timeout, {timeout, timeout, rst, rst, missed}},
                    {"tcp-info", {"noticed TCP_INFO: 3 retransmits", "noticed TCP_INFO: 3 retransmits",
                                  "noticed TCP_INFO: CLOSE", "noticed TCP_INFO: CLOSE", missed}},
                    {"send-error", {missed, missed, missed, missed, missed}},
                    {"nstat", {"noticed nstat: 3 TCPTimeouts within 10 s", "noticed nstat: 3 TCPTimeouts within 10 s",
                               missed, missed, missed}},
                    {"conntrack-events", {missed, missed, "noticed conntrack: CLOSE", "noticed conntrack: CLOSE", missed}},
                    {"link-events", {missed, missed, missed, missed, missed}},
                    {"retries2:count=3", {timeout, timeout, rst, rst, missed}},
                },
                "one-write", 7500ms);
}

TEST_CASE("io_uring tells what recv() tells, where it is allowed") {
    NEEDS_NAMESPACES;
    if (const std::string why = make_detector("uring-recv-multishot")->why_not_here(); !why.empty()) HALFOPEN_SKIP(why);
    check_table({"orderly-close", "half-close", "abortive-close", "healthy"},
                {
                    {"uring-recv", {"noticed io_uring recv: 0", "noticed io_uring recv: 0", "noticed io_uring recv: ECONNRESET", "quiet"}},
                    {"uring-recv-multishot", {"noticed io_uring recv: 0", "noticed io_uring recv: 0", "noticed io_uring recv: ECONNRESET", "quiet"}},
                    {"uring-poll", {"noticed recv: 0", "noticed recv: 0", "noticed recv: ECONNRESET", "quiet"}},
                },
                "idle", 1s);
}

TEST_CASE("what a kernel refuses is skipped with its reason") {
    NEEDS_NAMESPACES;
    const std::string why = make_detector("rto-max")->why_not_here();
    const auto lines = run_table({"silent-drop"}, {{"rto-max", {}}}, "idle", 1s);
    REQUIRE(lines.size() == 1);
    CHECK(say(lines.begin()->second) == (why.empty() ? "missed" : "skipped (" + why + ")"));
}

TEST_CASE("EINTR is no death, except to a method that takes any error for one") {
    NEEDS_NAMESPACES;
    const std::string quiet = "quiet";
    check_table({"signal-storm"},
                {
                    {"recv-as-stated", {quiet}},
                    {recv_timeout, {quiet}},
                    {"recv", {quiet}},
                    {"tcp-info", {quiet}},
                    {"select-as-stated", {quiet}},
                    {"select", {quiet}},
                    {heartbeat, {quiet}},
                    {ping_pong, {quiet}},
                    {"poll", {quiet}},
                    {"epoll-edge-rdhup", {quiet}},
                    {"link-events", {quiet}},
                    {"diag-destroy-events", {quiet}},
                    {"nstat", {quiet}},
                    {"recv-any-error", {"false-alarm recv: EINTR"}},
                },
                "idle", 4s);
}

TEST_CASE("an outage of half the limit leaves most in peace, and kills a few on a path that is well again") {
    NEEDS_NAMESPACES;
    const std::string quiet = "quiet";
    // The fault comes right after the last exchange for keepalive 60/5/3 alone; the phases of the others are in the
    // predictions, which the next test but one compares.
    check_table({"outage-healed"},
                {
                    {"recv", {quiet}},
                    {"poll", {quiet}},
                    {"tcp-info", {quiet}},
                    {user_timeout, {quiet}},
                    {"heartbeat", {quiet}},
                    {"ping-pong", {quiet}},
                },
                "idle", 10s);
    check_table({"outage-healed"},
                {
                    {"recv", {quiet}},
                    {user_timeout, {quiet}},
                    {"tcp-info", {"false-alarm TCP_INFO: 3 retransmits"}},
                },
                "one-write", 8s);
}

TEST_CASE("where an outage falls in a detector's period decides, as theory says, whom it kills") {
    NEEDS_NAMESPACES;
    Selection selection;
    selection.what = {"outage-healed"};
    selection.detectors = {heartbeat, "keepalive:idle=4s,interval=2s,count=3"};
    selection.repeats = 8;
    selection.horizon = 9s;
    int false_alarms = 0;
    for (const TrialLine& line : run_cells(selection)) {
        if (line.why.starts_with("noisy")) continue;
        INFO(line.id << ": " << testing::say(line) << "; predicted " << line.predicted.rule);
        CHECK(line.situation.heals_after.has_value());
        CHECK(line.outcome != Outcome::invalid);
        false_alarms += line.outcome == Outcome::false_alarm;
        if (line.predicted.kind == "unknown") continue;
        CHECK(line.outcome == line.predicted.outcome);
        if (!line.noticed_after || !line.predicted.after) continue;
        CHECK(*line.noticed_after >= line.predicted.after->from);
        CHECK(*line.noticed_after <= line.predicted.after->to + 500ms); // A busy machine may be late.
        if (line.detector == "keepalive") CHECK(*line.noticed_after > *line.situation.heals_after);
    }
    CHECK(false_alarms >= 1); // Some phases may have been noisy.
}

TEST_CASE("what needs netem is skipped with its reason where the kernel has none, and runs where it has") {
    NEEDS_NAMESPACES;
    std::vector<Selection> selections;
    for (const Scenario& scenario : scenarios()) {
        const auto needs = scenario.needs();
        if (std::find(needs.begin(), needs.end(), "sch_netem") == needs.end()) continue;
        Selection& selection = selections.emplace_back();
        selection.what = {scenario.name, "recv"};
        selection.repeats = 1;
        selection.horizon = 1s;
    }
    for (const TrialLine& line : run_cells(selections)) {
        INFO(line.id << ": " << testing::say(line));
        if (line.outcome == Outcome::skipped)
            CHECK_THAT(line.why, ContainsSubstring("sch_netem") && ContainsSubstring("--lab virtual"));
        else if (!line.why.starts_with("noisy"))
            CHECK(line.outcome == line.predicted.outcome);
    }
}

TEST_CASE("in every traffic profile a healthy client is convicted only by those whom theory accuses beforehand") {
    NEEDS_NAMESPACES;
    std::vector<Selection> selections;
    for (int profile = 0; profile < traffic_count; ++profile) {
        const std::string traffic(info(static_cast<Traffic>(profile)).name);
        Selection& selection = selections.emplace_back();
        selection.what = {"healthy"};
        selection.traffic = {traffic};
        selection.repeats = 1;
        selection.horizon = 4s;
        selection.detectors = {"recv-as-stated", recv_timeout, "recv", "tcp-info-as-stated", "tcp-info", "select-as-stated",
                               "select", keepalive, both, heartbeat, ping_pong, user_timeout, "poll", "epoll-edge-rdhup",
                               "recv-any-error", "send-error", "noop"};
    }
    for (const TrialLine& line : run_cells(selections)) {
        if (line.outcome == Outcome::skipped || line.why.starts_with("noisy")) continue;
        INFO(line.id << ": " << testing::say(line));
        // A read timeout convicts whoever is silent for a second. In buffer-full the client does not read: the
        // kernel's user timeout and a ping without an answer convict it, though it lives.
        const bool reads_late = line.spec == recv_timeout && info(*parse_traffic(line.traffic)).client_interval == 0s;
        const bool stuck = line.traffic == "buffer-full" && (line.detector == "user-timeout" || line.detector == "ping-pong" ||
                                                             line.detector == "keepalive+user-timeout");
        CHECK(line.outcome == (reads_late || stuck ? Outcome::false_alarm : Outcome::quiet));
        CHECK(line.outcome == line.predicted.outcome);
    }
}

TEST_CASE("a detector that cries beside a living client turns the healthy scenario red") {
    NEEDS_NAMESPACES;
    Selection selection;
    selection.what = {"healthy", "recv-as-stated:timeout=100ms"};
    selection.repeats = 1;
    selection.horizon = 1s;
    const auto lines = run_trials(make_plan(selection).trials);
    REQUIRE(lines.size() == 1);
    CHECK(lines.front().outcome == Outcome::false_alarm);
    CHECK(lines.front().signal == "recv: EAGAIN");
}
