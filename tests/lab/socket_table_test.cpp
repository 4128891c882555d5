// What is seen of a program's sockets from outside: the table, and the kernel's word that one was freed.

#include "harness/linux/socket_table.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "support/catch.h"
#include "support/namespaces.h"
#include "support/seen_pair.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

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
              const NetNamespace server =
                  Topology::build_server(Sysctls::for_new_worlds()); // Its loopback is up.
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
              expect(comes_true([&] {
                         return pair.seen().timer == TcpTimer::retransmission && pair.seen().tries >= 2;
                     }),
                     "it was not retransmitted twice");
          }) == "ok");
}

TEST_CASE("socket table: the FIN of a client is CLOSE-WAIT, held by its program until that closes") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              SeenPair pair;
              pair.client.reset();
              expect(comes_true([&] { return pair.seen().state == TCP_CLOSE_WAIT; }),
                     "it is not in CLOSE-WAIT");
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

TEST_CASE("freed sockets: one that the kernel ended is gone from the table, and not freed while its program "
          "holds it") {
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
