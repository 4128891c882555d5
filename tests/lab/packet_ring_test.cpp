// What crosses a link, read after the fact.

#include <fcntl.h>
#include <sys/socket.h>

#include "harness/base/error.h"
#include "harness/base/packet.h"
#include "harness/lab/topology.h"
#include "harness/linux/packet_ring.h"
#include "harness/linux/socket.h"
#include "support/in_lab.h"
#include "support/namespaces.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

/// A client, a router, a server, and a ring at each end.
struct TappedLab {
    Topology topology = Topology::build(Sysctls::for_new_worlds());
    PacketRing at_client = ring(topology.client), at_server = ring(topology.server);

    static PacketRing ring(const NetNamespace& host) {
        host.enter();
        return PacketRing("eth0");
    }
};

/// A datagram of the client's, which nobody takes.
void send_datagram(const Topology& topology, const std::string& text) {
    topology.client.enter();
    const Fd socket{check(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "making a UDP socket")};
    const sockaddr_in to = Endpoint{server_address, 9}.to_kernel();
    check(sendto(socket.get(), text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to), "sending a datagram");
}

std::vector<CapturedFrame> datagrams(PacketRing& ring) {
    std::vector<CapturedFrame> found;
    for (CapturedFrame& frame : ring.take())
        if (const auto packet = read_ethernet(frame.bytes); packet && packet->kind == Packet::Kind::udp) found.push_back(std::move(frame));
    return found;
}

} // namespace

TEST_CASE("a packet is seen leaving at one end and coming in at the other, in this order, whole in its headers") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              TappedLab lab;
              send_datagram(lab.topology, std::string(1000, 'x'));
              sleep_until(MonotonicClock::now() + 50ms);
              const auto sent = datagrams(lab.at_client), arrived = datagrams(lab.at_server);
              expect(sent.size() == 1 && arrived.size() == 1, fmt::format("{} sent, {} arrived", sent.size(), arrived.size()).c_str());
              expect(sent[0].outgoing && !arrived[0].outgoing, "the directions are wrong");
              expect(sent[0].length == 1042 && sent[0].bytes.size() < 256, "it is not cut off as it should be");
              expect(read_ethernet(sent[0].bytes)->data == 1000, "its length is not known");
              expect(sent[0].utc <= arrived[0].utc && arrived[0].utc - sent[0].utc < 1s, "the stamps are out of order");
              expect(datagrams(lab.at_client).empty(), "a packet was read twice");
          }) == "ok");
}

TEST_CASE("a full ring counts what it loses, and goes on when it has been read") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              TappedLab lab;
              for (unsigned i = 0; i < PacketRing::places + 500; ++i) send_datagram(lab.topology, "x");
              sleep_until(MonotonicClock::now() + 50ms);
              const auto first = lab.at_client.take();
              expect(first.size() == PacketRing::places, fmt::format("{} were kept", first.size()).c_str());
              expect(lab.at_client.lost() >= 400, "the loss was not counted");
              send_datagram(lab.topology, "y");
              sleep_until(MonotonicClock::now() + 50ms);
              expect(datagrams(lab.at_client).size() == 1, "nothing is seen any more");
              expect(lab.at_client.lost() == 0, "the loss was counted twice");
          }) == "ok");
}

TEST_CASE("a link that is not there cannot be watched, and the error names it") {
    NEEDS_NAMESPACES;
    CHECK_THAT(in_lab([] { PacketRing ring("eth7"); }), ContainsSubstring("finding the link eth7"));
}
