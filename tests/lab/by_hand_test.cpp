// What a person would type does what the fault does: the printed lines, run by bash in a fresh world, lead to the
// same verdicts.

#include <algorithm>
#include <csignal>
#include <map>

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/lab/supervisor.h"
#include "harness/linux/socket.h"
#include "harness/trial/scenario.h"
#include "support/namespaces.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

/// `ip netns exec` needs names under /run/netns; here the names are files under /proc.
const std::string prelude = R"(set -e
ip() {
    if [ "$1 $2" = "netns exec" ]; then
        local namespace=$3
        shift 3
        nsenter --net="$namespace" "$@"
    else
        command ip "$@"
    fi
}
)";

std::string path_of(const NetNamespace& ns) { return fmt::format("/proc/{}/fd/{}", getpid(), ns.fd()); }

/// Runs bash with the lines; its input is a pipe, whose other end is given back.
Process start_bash(const std::string& lines, const std::string& variables, Fd* input) {
    int ends[2];
    check(pipe(ends), "making a pipe");
    Fd read_end{ends[0]};
    *input = Fd{ends[1]};
    const std::string script = prelude + variables + lines;
    return fork_process([&] {
        dup2(read_end.get(), 0);
        execlp("bash", "bash", "-c", script.c_str(), nullptr);
        return 127;
    });
}

std::string variables_for(const Topology& t, pid_t client, pid_t server) {
    return fmt::format("CLIENT={} ROUTER={} SERVER={} CLIENT_PID={} SERVER_PID={}\n", path_of(t.client), path_of(t.router),
                       path_of(t.server), client, server);
}

/// What a server learns within a second: "eof", "reset", "interrupted", or "silence".
std::string listen_for(int fd) {
    for (;;) {
        pollfd readable{fd, POLLIN, 0};
        if (const int n = poll(&readable, 1, 1000); n <= 0) return n < 0 ? "interrupted" : "silence";
        char bytes[256];
        const ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n == 0) return "eof";
        if (n < 0) return errno_name(errno);
    }
}

/// The same after the server has sent a byte and heard nothing before: who answers, and how?
std::string ask(int fd) {
    const std::string heard = listen_for(fd);
    if (heard != "silence") return heard;
    send(fd, "x", 1, MSG_NOSIGNAL);
    return "silence, then " + listen_for(fd);
}

/// The same for a fault that is the server's: its program is the person's, and the client is asked what it learned.
std::string try_as_server(const ByHand& hand) {
    const Topology topology = Topology::build(Sysctls::for_new_worlds());
    Fd input;
    const Process person = start_bash(hand.lines, variables_for(topology, 0, 0), &input);
    topology.client.enter();
    Fd client;
    for (const Instant give_up = MonotonicClock::now() + 10s; !client;) {
        try {
            client = tcp_connect({server_address, server_port});
        } catch (const SystemError&) { // It does not listen yet.
            if (MonotonicClock::now() > give_up) throw;
            sleep_until(MonotonicClock::now() + 20ms);
        }
    }
    check(send(client.get(), "hello", 5, MSG_NOSIGNAL), "saying hello");
    check(write(input.get(), "\n", 1), "pressing Enter");
    return listen_for(client.get());
}

/// One fault's lines in a fresh world; runs inside a supervisor and gives back what the server learned.
std::string try_by_hand(const Fault& fault) {
    const ByHand hand = fault.by_hand();
    if (hand.is_server) return try_as_server(hand);
    const Topology topology = Topology::build(Sysctls::for_new_worlds());
    topology.server.enter();
    const Fd listener = tcp_listen({server_address, server_port});
    Fd input, client_socket;
    Process person, client;
    if (!hand.beforehand.empty() &&
        start_bash(hand.beforehand, variables_for(topology, 0, getpid()), &input).wait() != 0)
        return "bash failed before the connection";
    if (hand.is_client) {
        person = start_bash(hand.lines, variables_for(topology, 0, getpid()), &input);
    } else {
        topology.client.enter();
        client_socket = tcp_connect({server_address, server_port});
        client = fork_process([&] {
            signal(SIGTERM, SIG_DFL); // Not what the tests' own framework does with it.
            keep_only({&client_socket});
            for (;;) pause();
            return 0;
        });
        client_socket.reset();
    }
    const timeval patience{10, 0}; // A client that cannot connect must not hang the test.
    setsockopt(listener.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const Fd server = tcp_accept(listener);
    if (hand.is_client) {
        char bytes[8];
        check(recv(server.get(), bytes, sizeof bytes, 0), "hearing the client");
        check(write(input.get(), "\n", 1), "pressing Enter");
    } else {
        person = start_bash(hand.lines, variables_for(topology, client.pid(), getpid()), &input);
        if (person.wait() != 0) return "bash failed";
    }
    return ask(server.get());
}

bool needs(const FaultKind& kind, std::string_view module) {
    const auto& all = kind.about.needs;
    return std::find(all.begin(), all.end(), module) != all.end();
}

/// The fault with the settings of the first scenario that has it.
std::unique_ptr<Fault> example_of(const FaultKind& kind) {
    for (const Scenario& scenario : scenarios())
        for (const FaultEntry& fault : scenario.faults)
            if (fault.kind == &kind) return fault.make();
    return kind.make(kind.about, {});
}

/// In a supervisor, since faults need namespaces of their own.
std::string by_hand_in_lab(const Fault& fault) {
    int ends[2];
    check(pipe(ends), "making a pipe");
    const Fd answer{ends[0]}, told{ends[1]};
    Supervisor lab([&](const Fd&) {
        struct sigaction without_restart {};
        without_restart.sa_handler = [](int) {};
        sigaction(SIGALRM, &without_restart, nullptr);
        std::string text;
        try {
            text = try_by_hand(fault);
        } catch (const std::exception& e) {
            text = e.what();
        }
        return write(told.get(), text.data(), text.size()) > 0 ? 0 : 1;
    });
    lab.wait();
    char text[512];
    const ssize_t n = read(answer.get(), text, sizeof text);
    return {text, static_cast<size_t>(std::max<ssize_t>(n, 0))};
}

} // namespace

#define NEEDS_TOOLS                                                                                                    \
    for (const char* tool : {"nsenter", "iptables", "python3", "ss", "tc"})                                                  \
    if (std::system(fmt::format("command -v {} >/dev/null", tool).c_str()) != 0)                                       \
    HALFOPEN_SKIP(fmt::format("{} is not installed", tool))

TEST_CASE("what a person would type does what each fault does") {
    NEEDS_NAMESPACES;
    NEEDS_TOOLS;
    const std::map<std::string_view, std::string> expected{
        {"nothing", "silence, then silence"},
        {"drop", "silence, then silence"},
        {"reject-with-reset", "silence, then ECONNRESET"},
        {"close", "eof"},
        {"shutdown-write", "eof"},
        {"reset", "ECONNRESET"},
        {"forget", "silence, then ECONNRESET"},
        {"kill", "eof"},
        {"stop", "silence, then silence"},
        {"signal-storm", "interrupted"},
        {"signal-storm-restart", "interrupted"}, // poll() is interrupted whatever the flag says.
        {"exit", "eof"},
        {"close-behind-data", "eof"},
        {"kill-unread", "silence, then ECONNRESET"},
        {"kill-parent", "silence, then silence"},
        {"destroy-socket", "ECONNRESET"},
        {"forge-reset", "ECONNRESET"},
        {"forge-reset-inexact", "silence, then silence"},
        {"hang-worker", "silence, then silence"},
        {"stop-reading", "silence, then silence"},
        {"read-slowly", "silence, then silence"},
        {"starve", "silence, then silence"},
        {"shut-down", "eof"}, // A client that obeys SIGTERM.
        {"move-address", "silence, then ECONNRESET"},
        {"drop-behind-proxy", "silence, then silence"},
        {"go-dark", "silence, then silence"},
        {"client-cable-pulled", "silence, then silence"},
        {"thin-pipe", "silence, then silence"},
        {"drop-from-client", "silence, then silence"},
        {"drop-to-client", "silence, then silence"},
        {"lose", "silence, then silence"},
        {"flap", "silence, then silence"},
        {"stop-server", "silence, then silence"},
        {"signal-with-fin", "eof"},
        {"server-link-down", "silence, then silence"},
        {"server-cable-pulled", "silence, then silence"},
        {"server-blackhole", "silence, then silence"},
        {"server-unreachable", "silence, then silence"},
        {"server-prohibit", "silence, then silence"},
        {"server-egress-drop", "silence, then silence"},
        {"blackhole-route", "silence, then silence"},
        {"unreachable-route", "silence, then silence"}, // An ICMP error is a soft one.
        {"drop-data", "silence, then silence"},
        {"drop-large", "silence, then silence"},
        {"forget-nat", "silence, then silence"},
        {"forget-nat-reset", "silence, then ECONNRESET"},
        {"forget-nat-rebind", "silence, then silence"},
        {"refuse-host-unreachable", "silence, then silence"},
        {"refuse-net-unreachable", "silence, then silence"},
        {"refuse-port-unreachable", "silence, then silence"},
        {"refuse-admin-prohibited", "silence, then silence"},
        {"drop-last-ack", "silence, then silence"},
        {"client-connects", "silence, then silence"},
        // What the client hears.
        {"server-shutdown-write", "eof"},
        {"server-close", "eof"},
    };
    for (const FaultKind* kind : fault_kinds()) {
        if (needs(*kind, "sch_netem")) continue;
        INFO(kind->about.name);
        REQUIRE(expected.count(kind->about.name) == 1);
        CHECK(by_hand_in_lab(*example_of(*kind)) == expected.at(kind->about.name));
    }
}

TEST_CASE("what a person would type to make a path slow or lossy does so, and nobody hears of it") {
    NEEDS_NAMESPACES;
    NEEDS_TOOLS;
    if (std::system("unshare -Urn tc qdisc add dev lo root netem delay 1ms 2>/dev/null") != 0)
        HALFOPEN_SKIP("this kernel has no sch_netem");
    for (const FaultKind* kind : fault_kinds()) {
        if (!needs(*kind, "sch_netem")) continue;
        INFO(kind->about.name);
        CHECK(by_hand_in_lab(*example_of(*kind)) == "silence, then silence");
    }
}

TEST_CASE("the page of every scenario shows the line that its fault says") {
    for (const Scenario& scenario : scenarios()) {
        const std::string page = read_text(data_folder() / "scenarios" / (scenario.name + ".md"));
        for (const FaultEntry& fault : scenario.faults) {
            const ByHand hand = fault.make()->by_hand();
            if (hand.is_client || hand.is_server || fault.kind->about.name == "nothing") continue;
            INFO(scenario.name);
            CHECK_THAT(page, ContainsSubstring(hand.lines));
            CHECK_THAT(page, ContainsSubstring(hand.beforehand));
        }
    }
}
