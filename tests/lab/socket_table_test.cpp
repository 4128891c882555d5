// What is seen of a program's sockets from outside: the table, the kernel's word that one was freed, a descriptor that
// is borrowed, and a process that is held back for a moment.

#include "harness/linux/socket_table.h"

#include <algorithm>
#include <csignal>
#include <sstream>

#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/linux/borrowed_socket.h"
#include "harness/linux/command.h"
#include "harness/linux/held_back.h"
#include "harness/linux/ruleset.h"
#include "support/catch.h"
#include "support/in_lab.h"
#include "support/namespaces.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

/// The server's end of the pair as the table shows it now; nothing when it is not there.
std::optional<TcpSocket> find(const SocketTable& table, uint16_t local_port = server_port) {
    for (const TcpSocket& s : table.read())
        if (s.local.port == local_port && s.state != TCP_LISTEN) return s;
    return std::nullopt;
}

/// Both ends of a connection, and the table of the server's namespace. The thread is in the server's.
struct SeenPair : Pair {
    SocketTable table = (topology.server.enter(), SocketTable());
    FreedSockets freed;
    TcpSocket seen() const {
        const auto s = find(table);
        expect(s.has_value(), "the connection is not in the table");
        return *s;
    }
};

template <typename Condition> bool comes_true(Condition condition) {
    for (const Instant give_up = MonotonicClock::now() + 2s; !condition();) {
        if (MonotonicClock::now() > give_up) return false;
        sleep_until(MonotonicClock::now() + 1ms);
    }
    return true;
}

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

/// "on/3" for "timer:(on,1.6sec,3)": the time that is left is another one a moment later.
std::string timer_of(const std::string& word) {
    if (!word.starts_with("timer:(")) return "";
    return word.substr(7, word.find(',') - 7) + "/" + word.substr(word.rfind(',') + 1, word.size() - word.rfind(',') - 2);
}

/// What ss(8) says of the connection: "ESTAB 0 5 on/3".
std::string by_ss() {
    std::istringstream lines(output_of({"ss", "-tnoH"}));
    for (std::string line; std::getline(lines, line);)
        if (const auto w = words_of(line); w.size() >= 5 && w[3].ends_with(fmt::format(":{}", server_port)))
            return fmt::format("{} {} {} {}", w[0], w[1], w[2], timer_of(w.size() > 5 ? w[5] : ""));
    return "ss does not show it";
}

/// The same in our words.
std::string by_us(const TcpSocket& s) {
    const auto w = words_of(say_as_ss(s));
    return fmt::format("{} {} {} {}", w[0], w[2], w[4], timer_of(w.size() > 5 ? w[5] : ""));
}

/// Asked until a timer does not fire between the two questions.
void must_agree_with_ss(const SeenPair& pair, const std::string& timer) {
    std::string ours, theirs;
    for (int i = 0; i < 20; ++i) {
        ours = by_us(pair.seen());
        theirs = by_ss();
        if (ours == theirs) break;
    }
    if (ours != theirs) throw Error(Exit::incomplete, fmt::format("ss says \"{}\", we say \"{}\"", theirs, ours));
    if (ours.find(timer) == std::string::npos) throw Error(Exit::incomplete, fmt::format("both say \"{}\"", ours));
}

#define NEEDS_SS                                                                                                       \
    NEEDS_NAMESPACES;                                                                                                  \
    if (!is_on_path("ss")) HALFOPEN_SKIP("ss(8) is not installed")

void cut_the_path(const Topology& topology) {
    topology.router.enter();
    load_rules("table ip t { chain c { type filter hook prerouting priority raw; drop; }; }");
    topology.server.enter();
}

/// A listener on the IPv6 address, which serves IPv4 too.
Fd listen_on(const in6_addr& address) {
    Fd fd{check(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), "making a socket")};
    sockaddr_in6 all{};
    all.sin6_family = AF_INET6;
    all.sin6_addr = address;
    all.sin6_port = htons(server_port);
    check(bind(fd.get(), reinterpret_cast<const sockaddr*>(&all), sizeof all), "binding");
    check(listen(fd.get(), 8), "listening");
    return fd;
}

/// The one listener of the namespace.
TcpSocket listener() {
    const auto all = SocketTable().read();
    expect(all.size() == 1 && all.front().state == TCP_LISTEN, "there is not exactly one listener");
    return all.front();
}

} // namespace

TEST_CASE("socket table: a listener on :: is seen as one on any address") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              const Topology topology = Topology::build(Sysctls::for_new_worlds());
              topology.server.enter();
              const Fd fd = listen_on(in6addr_any);
              expect(listener().local == Endpoint{any_address, server_port}, "it is seen elsewhere");
          }) == "ok");
}

TEST_CASE("socket table: a listener on 127.0.0.1 is seen as one that no client reaches") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              const NetNamespace server = Topology::build_server(Sysctls::for_new_worlds()); // Its loopback is up.
              const Fd fd = tcp_listen({loopback_address, server_port});
              expect(listener().local == Endpoint{loopback_address, server_port}, "it is seen elsewhere");
          }) == "ok");
}

TEST_CASE("socket table: a client of a listener on :: has its IPv4 address") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              const Topology topology = Topology::build(Sysctls::for_new_worlds());
              topology.server.enter();
              const SocketTable table;
              const Fd fd = listen_on(in6addr_any);
              topology.client.enter();
              const Fd client = tcp_connect({server_address, server_port});
              const auto seen = find(table);
              expect(seen && seen->remote == local_end(client), "the client's end is not named");
              expect(seen->local == Endpoint{server_address, server_port}, "the server's end is not named");
          }) == "ok");
}

TEST_CASE("socket table: it stays that of the namespace in which it was made") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              const SeenPair pair;
              pair.topology.client.enter();
              expect(pair.seen().remote.address == client_address, "it shows another end");
              expect(!find(SocketTable()), "the client's namespace shows the server's end");
          }) == "ok");
}

TEST_CASE("socket table: bytes that nobody has read stand in Recv-Q") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              const SeenPair pair;
              expect(send(pair.client.get(), "hello", 5, MSG_NOSIGNAL) == 5, "it was not written");
              expect(comes_true([&] { return pair.seen().receive_queue == 5; }), "Recv-Q is not 5");
              expect(pair.seen().timer == TcpTimer::none, "a timer is armed");
          }) == "ok");
}

TEST_CASE("socket table: what is not acknowledged stands in Send-Q, and the retransmissions are counted") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              const SeenPair pair;
              cut_the_path(pair.topology);
              expect(send(pair.server.get(), "hello", 5, MSG_NOSIGNAL) == 5, "it was not written");
              expect(pair.seen().send_queue == 5, "Send-Q is not 5");
              expect(comes_true([&] { return pair.seen().timer == TcpTimer::retransmission && pair.seen().tries >= 2; }),
                     "it was not retransmitted twice");
          }) == "ok");
}

TEST_CASE("socket table: queues and timers are what ss shows, for an idle link, keepalive and a lost answer") {
    NEEDS_SS;
    CHECK(in_lab([] {
              const SeenPair pair;
              must_agree_with_ss(pair, "ESTAB 0 0 ");
              set_option(pair.server.get(), SOL_SOCKET, SO_KEEPALIVE, 1, "SO_KEEPALIVE");
              must_agree_with_ss(pair, "keepalive/0");
              cut_the_path(pair.topology);
              expect(send(pair.server.get(), "hello", 5, MSG_NOSIGNAL) == 5, "it was not written");
              expect(comes_true([&] { return pair.seen().tries > 0; }), "it was not retransmitted");
              must_agree_with_ss(pair, "ESTAB 0 5 on/");
          }) == "ok");
}

TEST_CASE("socket table: a client that does not read is seen by the persist timer, as ss shows it") {
    NEEDS_SS;
    CHECK(in_lab([] {
              const SeenPair pair;
              const std::string much(1 << 20, 'x');
              while (send(pair.server.get(), much.data(), much.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {}
              expect(comes_true([&] { return pair.seen().timer == TcpTimer::persist; }), "the persist timer is not armed");
              must_agree_with_ss(pair, " persist/");
          }) == "ok");
}

TEST_CASE("socket table: the FIN of a client is CLOSE-WAIT, held by its program until that closes") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              SeenPair pair;
              pair.client.reset();
              expect(comes_true([&] { return pair.seen().state == TCP_CLOSE_WAIT; }), "it is not in CLOSE-WAIT");
              expect(pair.seen().inode != 0, "no descriptor refers to it");
          }) == "ok");
}

TEST_CASE("socket table: a socket that its program closed has no inode while its FIN is unanswered") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              SeenPair pair;
              cut_the_path(pair.topology);
              pair.server.reset();
              expect(pair.seen().state == TCP_FIN_WAIT1 && pair.seen().inode == 0, "it is seen otherwise");
          }) == "ok");
}

TEST_CASE("freed sockets: one that its program closed is told by the cookie that the table gave it") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              SeenPair pair;
              const uint64_t cookie = pair.seen().cookie;
              pair.client.reset();
              pair.server.reset();
              pollfd readable{pair.freed.fd(), POLLIN, 0};
              expect(poll(&readable, 1, 2000) == 1, "nobody was told");
              expect(pair.freed.next() == cookie, "another one was told");
              expect(!pair.freed.next(), "it was told twice");
          }) == "ok");
}

TEST_CASE("freed sockets: one that the kernel ended is gone from the table, and not freed while its program holds it") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              SeenPair pair;
              const uint64_t cookie = pair.seen().cookie;
              linger_zero(pair.client.get());
              pair.client.reset();
              expect(comes_true([&] { return !find(pair.table); }), "it is still in the table");
              expect(!pair.freed.next(), "it was told as freed");
              pair.server.reset();
              expect(comes_true([&] { return pair.freed.next() == cookie; }), "its end was not told");
          }) == "ok");
}

TEST_CASE("a borrowed socket is that of the process which holds it, and its options can be read") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              SeenPair pair;
              set_option(pair.server.get(), IPPROTO_TCP, TCP_KEEPIDLE, 77, "TCP_KEEPIDLE");
              const Process holder = fork_process([] { return pause(); });
              pair.server.reset();
              const BorrowedSocket borrowed = borrow_socket(pair.seen().inode);
              expect(static_cast<bool>(borrowed), "nobody holds it");
              expect(borrowed.owner == holder.pid(), "another process holds it");
              expect(get_option(borrowed.fd.get(), IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE") == 77, "it is another socket");
          }) == "ok");
}

TEST_CASE("a socket that no process holds cannot be borrowed") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              SeenPair pair;
              const unsigned long inode = pair.seen().inode;
              pair.server.reset();
              expect(!borrow_socket(inode), "somebody holds it");
          }) == "ok");
}

TEST_CASE("a process that is held back runs on our processor, as a batch, and as before when that is over") {
    const Process child = fork_process([] { return pause(); });
    cpu_set_t ours_before, child_before, during, after;
    sched_getaffinity(0, sizeof ours_before, &ours_before);
    sched_getaffinity(child.pid(), sizeof child_before, &child_before);
    {
        const HeldBack held({child.pid()});
        CHECK(sched_getscheduler(child.pid()) == SCHED_BATCH);
        sched_getaffinity(child.pid(), sizeof during, &during);
        CHECK(CPU_COUNT(&during) == 1);
        CHECK(CPU_ISSET(sched_getcpu(), &during));
    }
    CHECK(sched_getscheduler(child.pid()) == SCHED_OTHER);
    sched_getaffinity(child.pid(), sizeof after, &after);
    CHECK(CPU_EQUAL(&after, &child_before));
    sched_getaffinity(0, sizeof after, &after);
    CHECK(CPU_EQUAL(&after, &ours_before));
}

TEST_CASE("a process that has ended is held back without a word") {
    Process child = fork_process([] { return 0; });
    const pid_t pid = child.pid();
    child.wait();
    CHECK_NOTHROW(HeldBack({pid}));
}
