// Servers that people run, and two that have the bugs that people's servers have, tried as a whole: what theory says of
// the options that they were given is what happens to their clients.

#include <fmt/format.h>

#include "harness/lab/topology.h"
#include "support/catch.h"
#include "support/namespaces.h"
#include "support/trying.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

/// A vanished client, and one whose host is there again without the connection; longer than keepalive 2/1/3 takes.
const Words broken{"--scenario", "silent-drop", "--scenario", "host-reboot", "--repeats", "2", "--horizon", "6s"};
const Words idle{"--traffic", "idle"};

OptionsLine keepalive_213() { return {.keepalive = true, .idle = 2s, .interval = 1s, .count = 3, .user_timeout = 0ms}; }

/// What was read off the socket of every connection.
void check_options(const Records& records, const OptionsLine& wanted) {
    CHECK(records.runs.front().server->options == wanted);
    for (const TrialLine& trial : records.trials)
        if (trial.socket) CHECK(trial.socket->options == wanted);
}

void check_let_go(const std::vector<TrialLine>& trials) {
    for (const TrialLine& trial : trials) {
        INFO(trial.id);
        CHECK(trial.noticed_after.has_value());
        CHECK(trial.socket->end == "freed");
    }
}

void check_held(const std::vector<TrialLine>& trials, const std::string& state) {
    for (const TrialLine& trial : trials) {
        INFO(trial.id);
        CHECK_FALSE(trial.noticed_after.has_value());
        CHECK(trial.socket->end == state);
    }
}

std::string for_shell(const Words& words) {
    std::string line;
    for (const std::string& word : words) line += "'" + word + "' ";
    return line;
}

} // namespace

TEST_CASE("redis and nginx with keepalive 2/1/3 let go inside the windows that it predicts, and not once they have written") {
    NEEDS_NAMESPACES;
    NEEDS_SERVERS;
    const Folder folder;
    const Place place{folder.path(), tried_port};
    Trying with_redis(broken, redis(place)), with_nginx(broken, nginx(place));
    for (Trying* tried : {&with_redis, &with_nginx}) {
        INFO(tried->ran().err << tried->ran().out);
        const Records records = tried->records();
        check_options(records, keepalive_213());
        CHECK(check_predicted_windows(records) > 2);
        check_let_go(results_of(records, "silent-drop"));
        check_let_go(results_of(records, "host-reboot"));
        check_let_go(results_of(records, "host-reboot", "one-write"));
        // RFC 1122 asks for it: no keepalive probes while data is unacknowledged, and the retransmissions take 15 min.
        check_held(results_of(records, "silent-drop", "one-write"), "ESTAB");
    }
}

TEST_CASE("sshd's TCPKeepAlive, which takes the machine's own times, and postgres let go inside their windows") {
    NEEDS_NAMESPACES;
    NEEDS_SERVERS;
    const Folder folder;
    const Place place{folder.path(), tried_port};
    const Words sysctls{"--sysctl", "net.ipv4.tcp_keepalive_time=2", "--sysctl", "net.ipv4.tcp_keepalive_intvl=1",
                        "--sysctl", "net.ipv4.tcp_keepalive_probes=3"};
    Trying with_sshd(broken + idle + sysctls, sshd(place)), with_postgres(broken + idle, postgres(place));
    for (Trying* tried : {&with_sshd, &with_postgres}) {
        INFO(tried->ran().err << tried->ran().out);
        const Records records = tried->records();
        check_options(records, keepalive_213());
        CHECK(check_predicted_windows(records) > 2);
        check_let_go(results_of(records, "silent-drop"));
        check_let_go(results_of(records, "host-reboot"));
    }
}

TEST_CASE("TCP_USER_TIMEOUT ends what keepalive alone would not: many probes, and an answer that nobody acknowledges") {
    NEEDS_NAMESPACES;
    NEEDS_SERVERS;
    const Folder folder;
    const Place place{folder.path(), tried_port};
    const Words drop{"--scenario", "silent-drop", "--horizon", "7s"};
    // Thirty probes would take half a minute.
    Trying probing(drop + idle, postgres(place, {"tcp_keepalives_idle=2", "tcp_keepalives_interval=1",
                                                 "tcp_keepalives_count=30", "tcp_user_timeout=4000"}));
    probing.ran(); // Not side by side: the answer has microseconds in which to meet the fault.
    Trying writing(drop + Words{"--traffic", "one-write"}, in_python("good", place));
    INFO(probing.ran().err << probing.ran().out << writing.ran().err << writing.ran().out);
    check_options(probing.records(), {.keepalive = true, .idle = 2s, .interval = 1s, .count = 30, .user_timeout = 4s});
    CHECK(check_predicted_windows(probing.records()) > 0);
    check_let_go(results_of(probing.records(), "silent-drop"));
    check_options(writing.records(), {.keepalive = true, .idle = 2s, .interval = 1s, .count = 3, .user_timeout = 5s});
    CHECK(check_predicted_windows(writing.records()) > 0);
    check_let_go(results_of(writing.records(), "silent-drop", "one-write"));
}

TEST_CASE("sshd's ClientAliveInterval is a timer of its own: no option of the socket predicts it, and the report says so") {
    NEEDS_NAMESPACES;
    NEEDS_SERVERS;
    const Folder folder;
    const Place place{folder.path(), tried_port};
    const Server server = sshd(place, {"TCPKeepAlive no", "ClientAliveInterval 1", "ClientAliveCountMax 1"});
    // It asks only who has logged in.
    const Words session{"--client", for_shell(ssh_session(place, to_string(server_address)))};
    Trying tried(session + Words{"--scenario", "silent-drop", "--horizon", "7s", "--repeats", "2"}, server.argv);
    INFO(tried.ran().err << tried.ran().out);
    const Records records = tried.records();
    const auto trials = results_of(records, "silent-drop");
    check_let_go(trials);
    for (const TrialLine& trial : trials) {
        CHECK_FALSE(trial.socket->options->keepalive);
        CHECK(trial.predicted.kind == "unknown");
        CHECK(trial.signal == closed_by_itself);
        CHECK(*trial.noticed_after >= 1s); // interval x count, and in truth later
    }
    CHECK_THAT(tried.ran().out, ContainsSubstring("It has a limit of its own"));
}

TEST_CASE("a server of twenty lines that never notices is called so, with what holds it and what would have noticed") {
    NEEDS_NAMESPACES;
    const Folder folder;
    Trying tried({"--hello", "hello\\n", "--repeats", "1", "--horizon", "2s"},
                 in_python("never_notices", {folder.path(), tried_port}).argv);
    INFO(tried.ran().err << tried.ran().out);
    const Records records = tried.records();
    check_options(records, records.runs.front().server->options.value());
    CHECK_FALSE(records.runs.front().server->options->keepalive);
    for (const char* silent : {"silent-drop", "host-crash", "host-reboot", "reset-by-middlebox", "process-stopped"})
        check_held(results_of(records, silent), "ESTAB");
    check_let_go(results_of(records, "half-close"));
    CHECK_THAT(tried.ran().out, ContainsSubstring("It leaks ESTABLISHED on drop"));
    CHECK_THAT(tried.ran().out, ContainsSubstring("have noticed all within 10 s"));
}

TEST_CASE("a server that forgets close() after the client's FIN is said to leak CLOSE_WAIT") {
    NEEDS_NAMESPACES;
    const Folder folder;
    Trying tried({"--hello", "hello\\n", "--scenario", "half-close", "--repeats", "2", "--horizon", "1s"},
                 in_python("leaks_close_wait", {folder.path(), tried_port}).argv);
    INFO(tried.ran().err << tried.ran().out);
    const Records records = tried.records();
    for (const char* traffic : {"idle", "one-write"}) {
        const auto trials = results_of(records, "half-close", traffic);
        check_held(trials, "CLOSE-WAIT");
        for (const TrialLine& trial : trials) CHECK(trial.kernel_knew_after.has_value());
    }
    CHECK_THAT(tried.ran().out, ContainsSubstring("leaks CLOSE_WAIT"));
}
