// `halfopen try` as its users use it: with a limit, with a client of their own, with a server that serves one client at a
// time, and without any privilege.

#include <algorithm>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "harness/linux/socket_states.h"
#include "support/catch.h"
#include "support/namespaces.h"
#include "support/odd_commands.h"
#include "support/trying.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

Words python_server(const std::string& name, const Folder& folder) { return in_python(name, {folder.path(), tried_port}).argv; }

} // namespace

TEST_CASE("a time given by --within ends with 1 and names what was too slow, and with 0 when all was in time") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const Words one{"--scenario", "half-close", "--scenario", "silent-drop", "--traffic", "idle", "--repeats", "1", "--within", "5s", "--horizon", "5200ms"};
    Trying good(hello + one, python_server("good", folder)), bad(hello + one, python_server("never_notices", folder));
    INFO(good.ran().err << good.ran().out << bad.ran().err << bad.ran().out);
    CHECK(good.ran().status == 0);
    CHECK(good.ran().err.find("not within") == std::string::npos);
    CHECK(bad.ran().status == 1);
    CHECK_THAT(bad.ran().err, ContainsSubstring("not within 5.00 s: silent-drop (idle): not in 5.2 s: ESTAB"));
    CHECK(bad.ran().err.find("half-close (idle)") == std::string::npos);
}

TEST_CASE("a client of the user's own is broken as ours is, although a grandchild of its shell holds the connection") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const std::string client = "(" + python() + R"( -c '
import os, socket, time
host, port = os.environ["HALFOPEN_SERVER"].split(":")
assert (host, port) == (os.environ["HALFOPEN_SERVER_ADDRESS"], os.environ["HALFOPEN_SERVER_PORT"])
s = socket.create_connection((host, int(port)))
s.sendall(b"hello\n")
print(s.recv(100))
time.sleep(3600)'; echo never) | cat)";
    Trying tried({"--client", client, "--scenario", "silent-drop", "--scenario", "half-close", "--scenario", "host-reboot",
                  "--scenario", "process-killed", "--repeats", "1", "--horizon", "6s"},
                 python_server("good", folder));
    INFO(tried.ran().err << tried.ran().out);
    CHECK(tried.processes() == 0);
    const Records records = tried.records();
    CHECK(check_predicted_windows(records) > 0);
    for (const char* scenario : {"silent-drop", "half-close", "host-reboot", "process-killed"})
        for (const TrialLine& trial : results_of(records, scenario)) CHECK(trial.socket->end == "freed");
}

TEST_CASE("when the user's own client is stopped, all of its processes stop") {
    NEEDS_NAMESPACES;
    const Folder folder;
    // Three processes, each of which writes down every 20 ms that it runs.
    const std::string tick = R"(import os, socket, sys, threading, time
if sys.argv[1] == "connects": s = socket.create_connection((os.environ["HALFOPEN_SERVER_ADDRESS"], 4000))
while True:
    with open("ticks", "a") as file: file.write(f"{sys.argv[1]} {time.monotonic_ns()}\n")
    time.sleep(0.02))";
    const std::string run = python() + " -c '" + tick + "' ";
    Trying tried({"--client", run + "beside & (" + run + "connects; true) | " + run + "behind", "--scenario", "process-stopped",
                  "--repeats", "1", "--horizon", "2s"},
                 python_server("good", folder));
    INFO(tried.ran().err << tried.ran().out);
    for (const TrialLine& trial : results_of(tried.records(), "process-stopped")) {
        CHECK(trial.socket->end == "ESTAB");
        std::ifstream ticks(tried.folder() / "ticks");
        std::set<std::string> before;
        std::string process;
        Duration last = Duration::min();
        for (int64_t ns; ticks >> process >> ns;) {
            const Duration after_fault = std::chrono::nanoseconds{ns} - trial.fault->second.time_since_epoch();
            if (after_fault < 0ns) before.insert(process);
            last = std::max(last, after_fault);
        }
        CHECK(last < 1s); // A busy machine may be slow to stop them.
        CHECK(before == std::set<std::string>{"beside", "connects", "behind"});
    }
}

TEST_CASE("a server that serves one client at a time is told of --each, and is tried with it") {
    NEEDS_NAMESPACES;
    const Words serial{python(), "-c", std::string(odd_beginning) + R"(
server = socket.create_server(('0.0.0.0', port))
while True: answer(server.accept()[0]))", std::to_string(tried_port)};
    const Words two{"--scenario", "silent-drop", "--traffic", "idle", "--repeats", "2", "--horizon", "1s"};
    Trying shared(hello + two, serial), each(hello + two + Words{"--each"}, serial);
    INFO(shared.ran().err << shared.ran().out);
    CHECK(shared.ran().status == 5);
    const Records records = shared.records();
    CHECK(std::any_of(records.trials.begin(), records.trials.end(), [](const TrialLine& t) {
        return t.why.find("--each gives every connection a server of its own") != std::string::npos;
    }));
    CHECK(each.ran().out.find("--each") == std::string::npos);
    CHECK(each.processes() == 0);
    for (const TrialLine& trial : results_of(each.records(), "silent-drop")) CHECK(trial.socket->end == "ESTAB");
}

TEST_CASE("an ordinary user without any privilege gets the same verdicts as root, who has the kernel's exact instants") {
    NEEDS_NAMESPACES;
    if (geteuid() != 0) HALFOPEN_SKIP("this is an ordinary user already");
    if (const std::string why = why_no_socket_states(); !why.empty()) HALFOPEN_SKIP(why);
    const Folder folder;
    const Words some{"--scenario", "half-close", "--scenario", "silent-drop", "--scenario", "process-stopped", "--repeats", "2", "--horizon", "6s"};
    const Words server = python_server("good", folder);
    Trying root(hello + some, server), nobody(hello + some, server, "65534");
    INFO(root.ran().err << root.ran().out << nobody.ran().err << nobody.ran().out);
    CHECK(verdicts(root.records()) == verdicts(nobody.records()));
    CHECK(verdicts(root.records()).size() == 6);
    for (Trying* tried : {&root, &nobody}) CHECK(check_predicted_windows(tried->records()) > 1);
    for (const TrialLine& trial : root.records().trials)
        if (trial.kernel_knew_after) CHECK(trial.kernel_knew_after->from == trial.kernel_knew_after->to);
    const auto looked = results_of(nobody.records(), "silent-drop");
    CHECK(std::any_of(looked.begin(), looked.end(), [](const TrialLine& t) { return t.kernel_knew_after->from < t.kernel_knew_after->to; }));
}
