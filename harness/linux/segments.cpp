#include "harness/linux/segments.h"

#include <array>
#include <cstring>

#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "harness/base/error.h"
#include "harness/linux/packet_socket.h"

namespace halfopen {

namespace {

/// The Internet checksum (RFC 1071) of whole 16-bit words.
uint16_t checksum(const void* data, size_t size) {
    uint32_t sum = 0;
    for (size_t i = 0; i < size; i += 2) {
        uint16_t word = 0;
        std::memcpy(&word, static_cast<const char*>(data) + i, 2);
        sum += word;
    }
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<uint16_t>(~sum);
}

} // namespace

SegmentTap::SegmentTap(const std::string& link) : socket_(packet_socket()) { watch_link(socket_, link); }

std::optional<Packet> SegmentTap::take() const {
    std::array<char, 128> bytes; // Headers are all that is looked at.
    for (;;) {
        const ssize_t n = recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (n <= 0) return std::nullopt;
        const auto packet = read_ethernet({bytes.data(), static_cast<size_t>(n)});
        if (packet && packet->kind == Packet::Kind::tcp) return packet;
    }
}

ResetForger::ResetForger()
    : socket_(check(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW), "opening a raw socket")) {}

void ResetForger::send(Endpoint from, Endpoint to, uint32_t sequence) const {
    struct {
        iphdr ip;
        tcphdr tcp;
    } packet{};
    const in_addr source = from.address.to_kernel(), target = to.address.to_kernel();
    packet.ip.version = 4;
    packet.ip.ihl = 5;
    packet.ip.ttl = 64;
    packet.ip.protocol = IPPROTO_TCP;
    packet.ip.saddr = source.s_addr;
    packet.ip.daddr = target.s_addr;
    packet.tcp.source = htons(from.port);
    packet.tcp.dest = htons(to.port);
    packet.tcp.seq = htonl(sequence);
    packet.tcp.doff = 5;
    packet.tcp.rst = 1;
    // The checksum covers the addresses too (RFC 9293, 3.1); that of IP is the kernel's to fill in (raw(7)).
    struct {
        in_addr source, target;
        uint16_t protocol, length;
        tcphdr tcp;
    } covered{source, target, htons(IPPROTO_TCP), htons(sizeof packet.tcp), packet.tcp};
    packet.tcp.check = checksum(&covered, sizeof covered);
    const sockaddr_in there = to.to_kernel();
    check(sendto(socket_.get(), &packet, sizeof packet, 0, reinterpret_cast<const sockaddr*>(&there), sizeof there),
          "sending a forged RST");
}

} // namespace halfopen
