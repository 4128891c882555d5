#include "harness/base/packet.h"

namespace halfopen {

namespace {

/// Bytes of a header, in network order. Reading beyond the end is an error that is asked for once, at the end.
class HeaderBytes {
public:
    explicit HeaderBytes(std::string_view bytes) : bytes_(bytes) {}

    uint32_t number(size_t at, size_t size) {
        if (at + size > bytes_.size()) {
            failed_ = true;
            return 0;
        }
        uint32_t n = 0;
        for (size_t i = 0; i < size; ++i) n = n << 8 | static_cast<uint8_t>(bytes_[at + i]);
        return n;
    }
    uint8_t byte(size_t at) { return static_cast<uint8_t>(number(at, 1)); }
    uint16_t word(size_t at) { return static_cast<uint16_t>(number(at, 2)); }
    Ipv4 address(size_t at) { return {{byte(at), byte(at + 1), byte(at + 2), byte(at + 3)}}; }
    HeaderBytes behind(size_t size) const { return HeaderBytes(size < bytes_.size() ? bytes_.substr(size) : ""); }
    bool failed() const { return failed_; }

private:
    std::string_view bytes_;
    bool failed_ = false;
};

constexpr uint16_t ethertype_ip = 0x0800, ethertype_arp = 0x0806;
constexpr uint8_t protocol_icmp = 1, protocol_tcp = 6, protocol_udp = 17;

/// Data that is not there: a header that claims more than its packet has leaves none.
uint32_t rest(uint32_t whole, uint32_t header) { return whole > header ? whole - header : 0; }

bool read_tcp(Packet& packet, HeaderBytes tcp, uint32_t length) {
    packet.kind = Packet::Kind::tcp;
    packet.source_port = tcp.word(0);
    packet.destination_port = tcp.word(2);
    packet.sequence = tcp.number(4, 4);
    packet.acknowledged = tcp.number(8, 4);
    packet.data = rest(length, (tcp.byte(12) >> 4) * 4U);
    packet.flags = tcp.byte(13);
    packet.window = tcp.word(14);
    return !tcp.failed();
}

bool read_udp(Packet& packet, HeaderBytes udp) {
    packet.kind = Packet::Kind::udp;
    packet.source_port = udp.word(0);
    packet.destination_port = udp.word(2);
    packet.data = rest(udp.word(4), 8);
    return !udp.failed();
}

bool read_icmp(Packet& packet, HeaderBytes icmp) {
    packet.kind = Packet::Kind::icmp;
    packet.icmp_type = icmp.byte(0);
    packet.icmp_code = icmp.byte(1);
    return !icmp.failed();
}

bool read_ip(Packet& packet, HeaderBytes ip) {
    const uint32_t header = (ip.byte(0) & 15U) * 4U;
    packet.ip_length = ip.word(2);
    packet.ip_id = ip.word(4);
    const uint8_t protocol = ip.byte(9);
    packet.source = ip.address(12);
    packet.destination = ip.address(16);
    if (ip.failed()) return false;
    const HeaderBytes inside = ip.behind(header);
    switch (protocol) {
    case protocol_tcp: return read_tcp(packet, inside, rest(packet.ip_length, header));
    case protocol_udp: return read_udp(packet, inside);
    case protocol_icmp: return read_icmp(packet, inside);
    default: return true;
    }
}

bool read_arp(Packet& packet, HeaderBytes arp) {
    packet.kind = Packet::Kind::arp;
    packet.arp_is_request = arp.word(6) == 1;
    packet.source = arp.address(14);
    packet.destination = arp.address(24);
    return !arp.failed();
}

} // namespace

std::optional<Packet> read_ethernet(std::string_view frame) {
    HeaderBytes ethernet(frame);
    Packet packet;
    constexpr size_t ethernet_header = 14;
    const uint16_t type = ethernet.word(12);
    if (ethernet.failed()) return std::nullopt;
    const HeaderBytes inside = ethernet.behind(ethernet_header);
    if (type == ethertype_ip && !read_ip(packet, inside)) return std::nullopt;
    if (type == ethertype_arp && !read_arp(packet, inside)) return std::nullopt;
    return packet;
}

} // namespace halfopen
