#include "harness/linux/segments.h"

#include <array>
#include <cstring>

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

Endpoint endpoint(uint32_t address, uint16_t port) {
    Endpoint e{{}, ntohs(port)};
    std::memcpy(e.address.bytes.data(), &address, 4);
    return e;
}

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

std::optional<Segment> parse(const char* bytes, size_t size) {
    iphdr ip{};
    tcphdr tcp{};
    if (size < sizeof ip) return std::nullopt;
    std::memcpy(&ip, bytes, sizeof ip);
    const size_t start = ip.ihl * 4U;
    if (ip.version != 4 || ip.protocol != IPPROTO_TCP || size < start + sizeof tcp) return std::nullopt;
    std::memcpy(&tcp, bytes + start, sizeof tcp);
    Segment s;
    s.from = endpoint(ip.saddr, tcp.source);
    s.to = endpoint(ip.daddr, tcp.dest);
    s.sequence = ntohl(tcp.seq);
    s.acknowledged = ntohl(tcp.ack_seq);
    s.length = ntohs(ip.tot_len) - static_cast<uint32_t>(start) - tcp.doff * 4U;
    s.reset = tcp.rst;
    return s;
}

} // namespace

SegmentTap::SegmentTap(const std::string& link)
    : socket_(check(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "opening a packet socket")) {
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    where.sll_protocol = htons(ETH_P_ALL); // What leaves by the link is shown to nobody who asks for IP alone (packet(7)).
    where.sll_ifindex = static_cast<int>(if_nametoindex(link.c_str()));
    check(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), "watching the link {}", link);
}

std::optional<Segment> SegmentTap::take() const {
    std::array<char, 128> bytes; // Headers are all that is looked at.
    for (;;) {
        const ssize_t n = recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (n <= 0) return std::nullopt;
        if (auto segment = parse(bytes.data(), static_cast<size_t>(n))) return segment;
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
