// The kernel's own instants: loaded as root outside, read inside a lab that has no privilege out there.

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/linux/link.h"
#include "harness/linux/report_ring.h"
#include "harness/linux/ruleset.h"
#include "harness/linux/socket_states.h"
#include "support/catch.h"
#include "support/in_lab.h"
#include "support/namespaces.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

#define NEEDS_SOCKET_STATES                                                                                            \
    NEEDS_NAMESPACES;                                                                                                  \
    if (const std::string why = why_no_socket_states(); !why.empty()) HALFOPEN_SKIP(why)

namespace {

/// Waits for the next change, of whatever socket.
SocketChange await(SocketStates& states, Duration longest = 5s) {
    const Instant give_up = MonotonicClock::now() + longest;
    for (;;) {
        if (const auto change = states.next()) return *change;
        pollfd readable{states.fd(), POLLIN, 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(give_up - MonotonicClock::now());
        if (left <= 0ms || poll(&readable, 1, static_cast<int>(left.count())) == 0)
            throw Error(Exit::incomplete, "the kernel reported no change");
    }
}

void expect_change(const SocketChange& change, int from, int to, int error) {
    if (change.from != from || change.to != to || change.error != error)
        throw Error(Exit::incomplete, fmt::format("it was {} -> {}, error {}", change.from, change.to, change.error));
}

/// A pair whose server's sockets are watched from its first exchange on, until it ends: the next pair may get the same
/// inodes.
struct WatchedPair : Pair {
    SocketStates& states;
    sockaddr_in client_end{};
    explicit WatchedPair(SocketStates& its_states) : states(its_states) {
        states.watch(topology.server);
        socklen_t size = sizeof client_end;
        check(getsockname(client.get(), reinterpret_cast<sockaddr*>(&client_end), &size), "asking for its name");
        char byte = 0;
        expect(send(client.get(), "x", 1, MSG_NOSIGNAL) == 1, "the client is dead");
        expect(recv(server.get(), &byte, 1, 0) == 1, "the server is deaf");
    }
    ~WatchedPair() {
        states.forget(topology.server);
        states.forget(topology.client);
    }
    void expect_mine(const SocketChange& change) const {
        expect(change.network_namespace == topology.server.inode(), "it is of another namespace");
        expect(to_string(change.local.address) == to_string(server_address) && change.local.port == server_port,
               "the server's end is not named");
        expect(to_string(change.remote.address) == to_string(client_address), "the client's address is not named");
        expect(change.remote.port == ntohs(client_end.sin_port), "the client's port is not named");
    }
};

/// Cuts the path of an idle connection, or of one with a byte on its way, and waits for the server's kernel to give up.
void give_up_after_cut(SocketStates& states, const char* option_name, int option, int value, bool write,
                       Duration at_least) {
    WatchedPair pair(states);
    pair.topology.router.enter();
    load_rules("table ip t { flags dormant; chain c { type filter hook prerouting priority raw; drop; }; }");
    set_option(pair.server.get(), IPPROTO_TCP, option, value, option_name);
    set_option(pair.server.get(), IPPROTO_TCP, TCP_KEEPINTVL, 1, "TCP_KEEPINTVL");
    set_option(pair.server.get(), IPPROTO_TCP, TCP_KEEPCNT, 1, "TCP_KEEPCNT");
    set_option(pair.server.get(), SOL_SOCKET, SO_KEEPALIVE, !write, "SO_KEEPALIVE");
    DormantTable("t").wake();
    const Instant before = MonotonicClock::now();
    if (write) expect(send(pair.server.get(), "x", 1, MSG_NOSIGNAL) == 1, "it was not written");
    char byte;
    const bool noticed = recv(pair.server.get(), &byte, 1, 0) == -1 && errno == ETIMEDOUT;
    const Instant after = MonotonicClock::now();
    expect(noticed, "recv() did not say ETIMEDOUT");
    const SocketChange change = await(states);
    expect_change(change, TCP_ESTABLISHED, TCP_CLOSE, ETIMEDOUT);
    pair.expect_mine(change);
    expect(change.gave_up(), "it is not called given up");
    expect(change.at > before + at_least && change.at < after, "it is not between the cut and the notice");
}

} // namespace

TEST_CASE("socket states: a FIN is stamped when the kernel takes it, and so is the program's own close") {
    NEEDS_SOCKET_STATES;
    SocketStates states;
    CHECK(in_lab([&] {
              WatchedPair pair(states);
              const Instant before = MonotonicClock::now();
              pair.client.reset();
              const SocketChange fin = await(states);
              expect_change(fin, TCP_ESTABLISHED, TCP_CLOSE_WAIT, 0);
              pair.expect_mine(fin);
              expect(before < fin.at && fin.at < MonotonicClock::now(), "it is not between the edges");
              const Instant closing = MonotonicClock::now();
              pair.server.reset();
              const SocketChange closed = await(states);
              expect_change(closed, TCP_CLOSE_WAIT, TCP_LAST_ACK, 0);
              expect(closed.socket == fin.socket && closing < closed.at, "it is another socket or instant");
              const SocketChange end = await(states);
              expect_change(end, TCP_LAST_ACK, TCP_CLOSE, 0);
              expect(end.socket == fin.socket && !end.gave_up(), "an orderly end is called given up");
              pair.expect_mine(end);
          }) == "ok");
    CHECK(states.lost() == 0);
}

TEST_CASE("socket states: an RST comes with its error, and one that the program sent without") {
    NEEDS_SOCKET_STATES;
    SocketStates states;
    CHECK(in_lab([&] {
              WatchedPair pair(states);
              states.watch(pair.topology.client);
              linger_zero(pair.client.get());
              const Instant before = MonotonicClock::now();
              pair.client.reset();
              const Instant after = MonotonicClock::now();
              const SocketChange sent = await(states);
              expect_change(sent, TCP_ESTABLISHED, TCP_CLOSE, 0);
              expect(sent.network_namespace == pair.topology.client.inode() && !sent.gave_up(), "the client gave up");
              const SocketChange taken = await(states);
              expect_change(taken, TCP_ESTABLISHED, TCP_CLOSE, ECONNRESET);
              pair.expect_mine(taken);
              expect(taken.gave_up(), "the server did not give up");
              expect(before < sent.at && sent.at < taken.at && taken.at < after, "the order is wrong");
          }) == "ok");
}

TEST_CASE("socket states: the instant at which the user timeout or keepalive gives up is before the notice") {
    NEEDS_SOCKET_STATES;
    SocketStates states;
    CHECK(in_lab([&] { give_up_after_cut(states, "TCP_USER_TIMEOUT", TCP_USER_TIMEOUT, 300, true, 300ms); }) == "ok");
    CHECK(in_lab([&] { give_up_after_cut(states, "TCP_KEEPIDLE", TCP_KEEPIDLE, 1, false, 1900ms); }) == "ok");
}

TEST_CASE("socket states: only watched namespaces are reported, and what nobody takes is counted") {
    NEEDS_SOCKET_STATES;
    SocketStates states;
    CHECK(in_lab([&] {
              const NetNamespace network = NetNamespace::create();
              RouteSocket().set_up("lo");
              const Endpoint here{{{127, 0, 0, 1}}, 5000};
              const Fd listener = tcp_listen(here);
              const auto connect_once = [&] {
                  const Fd client = tcp_connect(here);
                  const Fd server = tcp_accept(listener);
                  linger_zero(server.get());
              };
              connect_once();
              expect(!states.next(), "an unwatched namespace is reported");
              states.watch(network);
              connect_once();
              expect(states.next().has_value(), "a watched namespace is not reported");
              while (states.next()) {}
              for (int i = 0; i < 10'000 && states.lost() == 0; ++i) connect_once();
              expect(states.lost() > 0, "nothing was lost");
              while (states.next()) {}
              states.forget(network);
              connect_once();
              expect(!states.next(), "a forgotten namespace is reported");
              states.watch(network);
              connect_once();
              expect(states.next().has_value(), "a place was not used again");
          }) == "ok");
}

TEST_CASE("socket states: the sockets of one port are stamped, once each way, and reported to a ring of their namespace's own") {
    NEEDS_SOCKET_STATES;
    SocketStates states(1);
    CHECK(in_lab([&] {
              Pair pair;
              const NetNamespace& server = pair.topology.server;
              const Fd descriptor = states.stamp_and_report(server, server_port);
              ReportRing ring(descriptor.get());
              states.stamp(pair.topology.client, server_port); // of another port's: the client's end has none of ours
              expect(!states.knew(server).first() && !ring.next(), "it knew before anything was so");
              const Instant before = MonotonicClock::now();
              pair.client.reset();
              sleep_until(MonotonicClock::now() + 20ms);
              const KernelKnew knew = states.knew(server);
              expect(knew.fin && !knew.gave_up && before < *knew.fin && *knew.fin < MonotonicClock::now(), "no FIN is stamped");
              const auto fin = ring.next();
              expect(fin && fin->to == TCP_CLOSE_WAIT && fin->at == *knew.fin, "the FIN is not reported");
              expect(!states.knew(pair.topology.client).first(), "a socket of another port is stamped");
              expect(!states.next(), "the common reader hears it too");
              states.forget(server);
              Pair next;
              expect(states.stamp_and_report(next.topology.server, server_port).get() >= 0, "the ring is not free again");
              expect(!states.knew(next.topology.server).first(), "it begins with what was before");
              states.forget(next.topology.server);
              states.forget(pair.topology.client);
          }) == "ok");
}

TEST_CASE("socket states: retransmissions are reported with what is acknowledged") {
    NEEDS_SOCKET_STATES;
    SocketStates states(1);
    CHECK(in_lab([&] {
              Pair pair;
              const Fd descriptor = states.stamp_and_report(pair.topology.server, server_port);
              ReportRing ring(descriptor.get());
              pair.topology.router.enter();
              load_rules("table ip t { chain c { type filter hook prerouting priority raw; drop; }; }");
              expect(send(pair.server.get(), "x", 1, MSG_NOSIGNAL) == 1, "the server cannot write");
              sleep_until(MonotonicClock::now() + 1s); // the tail loss probe and two of the timer's
              std::vector<SocketChange> all;
              while (const auto one = ring.next()) all.push_back(*one);
              expect(all.size() == 3, "there are not three");
              for (const SocketChange& one : all)
                  expect(one.from == one.to && one.acknowledged == all.front().acknowledged && !one.gave_up(), "it is none");
              states.forget(pair.topology.server);
          }) == "ok");
}

TEST_CASE("socket states: where they cannot be had, one line says why and how to mend it") {
    const bool root = geteuid() == 0;
    const std::string here = why_no_socket_states();
    CHECK(here.find('\n') == std::string::npos);
    if (!SocketStates::is_built_in()) CHECK_THAT(here, ContainsSubstring("apt-get install clang libbpf-dev"));
    if (!SocketStates::is_built_in() || !root) {
        CHECK_THROWS_AS(SocketStates(), CannotHere);
        return;
    }
    Process nobody = fork_process([] {
        if (setgid(65534) != 0 || setuid(65534) != 0) return 2;
        const std::string why = why_no_socket_states();
        return why.find("run halfopen as root") != std::string::npos && why.find('\n') == std::string::npos ? 0 : 1;
    });
    CHECK(nobody.wait() == 0);
}
