// The kernel nouns: each does what its name says, and undoes it.

#include <csignal>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/lab/capacity.h"
#include "harness/lab/lab.h"
#include "harness/linux/link.h"
#include "harness/linux/qdisc.h"
#include "harness/linux/ruleset.h"
#include "harness/linux/socket.h"
#include "harness/linux/sysctl.h"
#include "harness/linux/tcp_info.h"
#include "support/catch.h"
#include "support/in_lab.h"
#include "support/namespaces.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

/// True when a byte gets from one socket to the other within 50 ms.
bool passes(const Fd& from, const Fd& to) {
    send(from.get(), "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    timeval brief{0, 50'000};
    setsockopt(to.get(), SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
    char byte;
    return recv(to.get(), &byte, 1, 0) == 1;
}

} // namespace

TEST_CASE("a sleeping table lets everything pass, an awake one does not, and it can be put back to sleep") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              const Pair pair;
              load_rules("table ip t { flags dormant; chain c { type filter hook prerouting priority raw; drop; }; }");
              DormantTable table("t");
              expect(!table.is_awake() && passes(pair.client, pair.server), "it did not sleep");
              table.wake();
              expect(table.is_awake() && !passes(pair.client, pair.server), "it did not wake");
              table.sleep();
              expect(!table.is_awake(), "it did not fall asleep again");
              sleep_until(MonotonicClock::now() + 500ms); // The lost byte is retransmitted by then.
              expect(passes(pair.client, pair.server), "bytes do not pass again");
          }) == "ok");
}

TEST_CASE("netem delays while its numbers say so, or the kernel has none and says how to go on") {
    NEEDS_NAMESPACES;
    const std::string answer = in_lab([] {
        const Pair pair;
        const Impairment usual{.delay = 1ms}, impaired{.delay = 300ms, .jitter = 7ms, .loss_percent = 30, .reorder_percent = 25};
        Netem netem("to-server", usual, impaired);
        expect(netem.read() == usual, "it is not as usual");
        expect(passes(pair.client, pair.server), "nothing passes");
        netem.impair();
        expect(netem.read() == impaired, "it has not the fault's numbers");
        netem.relieve();
        expect(netem.read() == usual, "it was not relieved");
        netem.remove();
        expect(netem.read() == Impairment{}, "it was not removed");
    });
    if (answer.find("no sch_netem") == std::string::npos)
        CHECK(answer == "ok");
    else
        CHECK_THAT(answer, ContainsSubstring("--lab virtual"));
}

TEST_CASE("rules are loaded beside two thousand descriptors, if numbers were held back for them") {
    NEEDS_NAMESPACES;
    rlimit limits{};
    getrlimit(RLIMIT_NOFILE, &limits);
    if (limits.rlim_max < 2100) HALFOPEN_SKIP("fewer than 2,100 descriptors are allowed");
    CHECK(in_lab([] {
              hold_numbers_for_rules();
              raise_descriptor_limit();
              std::vector<Fd> many;
              while (many.size() < 2000) many.push_back(event_fd());
              NetNamespace::create();
              for (const char* table : {"one", "two"}) load_rules(std::string("table ip ") + table + " { flags dormant; }");
              expect(!DormantTable("two").is_awake(), "they were not loaded");
          }) == "ok");
}

TEST_CASE("rules that cannot be loaded are refused with nftables' own words") {
    NEEDS_NAMESPACES;
    CHECK_THAT(in_lab([] {
                   NetNamespace::create();
                   load_rules("table ip t { nonsense }");
               }),
               ContainsSubstring("loading netfilter rules"));
}

TEST_CASE("a forgotten socket says nothing, and the next segment is answered by RST") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              Pair pair;
              forget(pair.client);
              sleep_until(MonotonicClock::now() + 20ms);
              expect(halfopen::tcp_info(pair.server.get())->state == TCP_ESTABLISHED, "the server was told");
              expect(!passes(pair.server, pair.server), "something arrived");
              expect(get_option(pair.server.get(), SOL_SOCKET, SO_ERROR, "SO_ERROR") == 0 ||
                         halfopen::tcp_info(pair.server.get())->state == TCP_CLOSE,
                     "no RST came");
              expect(halfopen::tcp_info(pair.server.get())->state == TCP_CLOSE, "the connection lives on");
          }) == "ok");
}

TEST_CASE("every parameter of the list that can be set is set in a new world") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              NetNamespace::create();
              write_sysctl("net.ipv4.tcp_retries2", "7");
              expect(read_sysctl("net.ipv4.tcp_retries2") == "7", "it was not written");
              Sysctls sysctls = Sysctls::load();
              sysctls.learn();
              sysctls.apply(true);
              for (const auto& [name, value] : sysctls.read_back())
                  if (name == "net.ipv4.tcp_retries2" || name == "net.ipv4.ip_forward")
                      expect(value == (name == "net.ipv4.ip_forward" ? "1" : "15"), name.c_str());
          }) == "ok");
}

TEST_CASE("a process is seen running, stopped and ended, and its end is reaped with it") {
    Process child = fork_process([] {
        for (;;) pause();
        return 0;
    });
    CHECK(child.state() == Process::State::running);
    child.signal(SIGSTOP);
    for (int i = 0; i < 1000 && child.state() != Process::State::stopped; ++i) sleep_until(MonotonicClock::now() + 1ms);
    CHECK(child.state() == Process::State::stopped);
    child.signal(SIGKILL);
    for (int i = 0; i < 1000 && child.state() != Process::State::ended; ++i) sleep_until(MonotonicClock::now() + 1ms);
    CHECK(child.state() == Process::State::ended);
    const pid_t pid = child.pid();
    child.kill_and_reap();
    CHECK(kill(pid, 0) == -1);
}

TEST_CASE("a failing system call says what was being done, and why it failed") {
    CHECK_THROWS_WITH(check(open("/nonexistent", 0), "opening {}", "/nonexistent"),
                      ContainsSubstring("opening /nonexistent: No such file or directory (ENOENT)"));
}
