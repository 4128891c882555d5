#include "reports/pcapng.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/lab_addresses.h"
#include "reports/ladder.h"
#include "reports/text.h"

namespace halfopen {

namespace {

// Numbers of the format, draft-ietf-opsawg-pcapng.
constexpr uint32_t section_header = 0x0A0D0D0A, interface_description = 1, name_resolution = 4, enhanced_packet = 6;
constexpr uint32_t byte_order = 0x1A2B3C4D;
constexpr uint16_t ethernet_link = 1, end_of_options = 0, comment_option = 1, interface_name = 2, time_resolution = 9,
                   application = 4, packet_flags = 2, ipv4_record = 1;

class Bytes {
public:
    template <typename Int> Bytes& add(Int n) {
        for (size_t i = 0; i < sizeof n; ++i) bytes_ += static_cast<char>(static_cast<uint64_t>(n) >> (8 * i));
        return *this;
    }
    /// Everything ends at a multiple of four bytes.
    Bytes& add_padded(std::string_view text) {
        bytes_ += text;
        bytes_.append((4 - text.size() % 4) % 4, '\0');
        return *this;
    }
    Bytes& add_option(uint16_t code, std::string_view value) {
        return add(code).add(static_cast<uint16_t>(value.size())).add_padded(value);
    }
    Bytes& end_options() { return add(end_of_options).add(uint16_t{0}); }
    const std::string& text() const { return bytes_; }

private:
    std::string bytes_;
};

/// A block begins and ends with its length.
std::string block(uint32_t type, const Bytes& body) {
    const auto length = static_cast<uint32_t>(body.text().size() + 12);
    return Bytes().add(type).add(length).text() + body.text() + Bytes().add(length).text();
}

std::string section() {
    Bytes body;
    body.add(byte_order).add(uint16_t{1}).add(uint16_t{0}).add(int64_t{-1});
    return block(section_header, body.add_option(application, "halfopen").end_options());
}

std::string interface(const char* name) {
    Bytes body;
    body.add(ethernet_link).add(uint16_t{0}).add(uint32_t{0}).add_option(interface_name, name);
    return block(interface_description, body.add_option(time_resolution, "\x09").end_options());
}

std::string host_names() {
    struct Host {
        Ipv4 address;
        const char* name;
    };
    static constexpr std::array<Host, 4> hosts{
        {{client_address, "client"}, {server_address, "server"}, {router_client_side, "router"}, {router_server_side, "router-server-side"}}};
    Bytes body;
    for (const Host& host : hosts) {
        const std::string record =
            std::string(host.address.bytes.begin(), host.address.bytes.end()) + std::string(host.name) + std::string(1, '\0');
        body.add_option(ipv4_record, record);
    }
    return block(name_resolution, body.end_options());
}

std::string packet_block(const CapturedPacket& packet, Duration fault_utc, const std::vector<std::string>& comments) {
    const auto utc = static_cast<uint64_t>((fault_utc + packet.after_fault).count());
    Bytes body;
    body.add(static_cast<uint32_t>(packet.tap)).add(static_cast<uint32_t>(utc >> 32)).add(static_cast<uint32_t>(utc));
    body.add(static_cast<uint32_t>(packet.bytes.size())).add(packet.length).add_padded(packet.bytes);
    for (const std::string& comment : comments) body.add_option(comment_option, comment);
    body.add_option(packet_flags, Bytes().add(uint32_t{packet.outgoing ? 2U : 1U}).text());
    return block(enhanced_packet, body.end_options());
}

/// The packet that passed first at that time or later; where there is none, the last one.
size_t packet_at(const Capture& capture, Duration after_fault) {
    const auto at = std::find_if(capture.packets.begin(), capture.packets.end(),
                                 [&](const CapturedPacket& p) { return p.after_fault >= after_fault; });
    return static_cast<size_t>(std::min(at, capture.packets.end() - 1) - capture.packets.begin());
}

std::string comment_at(const CapturedPacket& packet, Duration event, const std::string& what) {
    const Duration apart = packet.after_fault - event;
    if (apart >= Duration::zero()) return fmt::format("{}, {} s before this packet", what, seconds_of(apart));
    return fmt::format("{}, {} s after this packet, the last one", what, seconds_of(-apart));
}

} // namespace

std::string pcapng(const TrialLine& trial) {
    if (!trial.capture) return "";
    const Capture& capture = *trial.capture;
    std::string file = section() + interface("client eth0") + interface("server eth0") + host_names();
    if (capture.packets.empty()) return file;
    std::vector<std::vector<std::string>> comments(capture.packets.size());
    const auto remark = [&](Duration event, const std::string& what) {
        const size_t at = packet_at(capture, event);
        comments[at].push_back(comment_at(capture.packets[at], event, what));
    };
    remark(Duration::zero(), fmt::format("FAULT: {}", trial.scenario));
    if (trial.noticed_after) remark(*trial.noticed_after, fmt::format("NOTICED by {}: {}", trial.spec, trial.signal));
    for (size_t i = 0; i < capture.packets.size(); ++i)
        file += packet_block(capture.packets[i], capture.fault_utc, comments[i]);
    return file;
}

} // namespace halfopen
