// Packets taken apart, byte by byte.

#include "harness/base/packet.h"

#include "support/catch.h"
#include "support/frames.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace {

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return bytes;
}

} // namespace

TEST_CASE("a TCP segment is read to the last field that a ladder needs") {
    const auto packet = read_ethernet(TcpFrame{false, 7001, 1065, tcp_flag::psh | tcp_flag::ack, 64, 500, 77}.bytes());
    REQUIRE(packet);
    CHECK(packet->kind == Packet::Kind::tcp);
    CHECK(to_string(packet->source) == "198.51.100.10");
    CHECK(to_string(packet->destination) == "192.0.2.10");
    CHECK(packet->source_port == 5000);
    CHECK(packet->destination_port == 40000);
    CHECK(packet->ip_id == 77);
    CHECK(packet->ip_length == 104);
    CHECK(packet->sequence == 7001);
    CHECK(packet->acknowledged == 1065);
    CHECK(packet->data == 64);
    CHECK(packet->window == 500);
    CHECK(packet->has(tcp_flag::psh));
    CHECK_FALSE(packet->has(tcp_flag::rst));
}

TEST_CASE("data that was cut off behind the headers is still counted") {
    const std::string frame = TcpFrame{true, 1, 1, tcp_flag::ack, 1000}.bytes().substr(0, 60);
    const auto packet = read_ethernet(frame);
    REQUIRE(packet);
    CHECK(packet->data == 1000);
}

TEST_CASE("a packet that ends within its headers is none, wherever it ends") {
    const std::string frame = TcpFrame{true, 1, 1, tcp_flag::ack, 0}.bytes();
    for (size_t length = 0; length < 50; ++length) {
        INFO(length);
        CHECK_FALSE(read_ethernet(frame.substr(0, length)));
    }
}

TEST_CASE("ICMP, UDP and ARP are told apart") {
    const std::string ethernet = "020202020202020202020202";
    const std::string ip = "45000024000040004001000" "0C0000201C633640A";
    const auto icmp = read_ethernet(from_hex(ethernet + "0800" + ip + "0301000000000000"));
    REQUIRE(icmp);
    CHECK(icmp->kind == Packet::Kind::icmp);
    CHECK(icmp->icmp_type == 3);
    CHECK(icmp->icmp_code == 1);
    CHECK(to_string(icmp->source) == "192.0.2.1");
    const auto udp = read_ethernet(from_hex(ethernet + "0800" "450000240000400040110000C000020AC633640A" "9C401389000C0000"));
    REQUIRE(udp);
    CHECK(udp->kind == Packet::Kind::udp);
    CHECK(udp->data == 4);
    const auto arp = read_ethernet(from_hex(ethernet + "0806" "0001080006040001" "020202020202" "C0000201" "000000000000" "C000020A"));
    REQUIRE(arp);
    CHECK(arp->kind == Packet::Kind::arp);
    CHECK(arp->arp_is_request);
    CHECK(to_string(arp->source) == "192.0.2.1");
    CHECK(to_string(arp->destination) == "192.0.2.10");
}

TEST_CASE("what is neither IPv4 nor ARP is something else") {
    const auto packet = read_ethernet(from_hex("02020202020202020202020286DD6000"));
    REQUIRE(packet);
    CHECK(packet->kind == Packet::Kind::other);
}
