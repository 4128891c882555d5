#include "harness/linux/packet_ring.h"

#include <cstring>
#include <utility>

#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "harness/base/error.h"
#include "harness/linux/packet_socket.h"

namespace halfopen {

namespace {

// A place holds the kernel's header of 66 bytes and what a packet begins with: all headers there are, and some data.
constexpr unsigned place_bytes = 256, block_bytes = 1 << 16;
constexpr size_t ring_bytes = static_cast<size_t>(PacketRing::places) * place_bytes;

template <typename Value> void set(const Fd& socket, int option, const Value& value, const char* what) {
    check(setsockopt(socket.get(), SOL_PACKET, option, &value, sizeof value), "setting {} of a packet socket", what);
}

} // namespace

PacketRing::PacketRing(const std::string& link) : socket_(packet_socket()) {
    set(socket_, PACKET_VERSION, int{TPACKET_V2}, "PACKET_VERSION");
    set(socket_, PACKET_RX_RING, tpacket_req{block_bytes, ring_bytes / block_bytes, place_bytes, places}, "PACKET_RX_RING");
    void* memory = mmap(nullptr, ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, socket_.get(), 0);
    check(memory == MAP_FAILED ? -1 : 0, "mapping the ring of a packet socket");
    memory_ = static_cast<char*>(memory);
    watch_link(socket_, link);
}

PacketRing::PacketRing(PacketRing&& other) noexcept
    : socket_(std::move(other.socket_)), memory_(std::exchange(other.memory_, nullptr)), next_(other.next_) {}

PacketRing::~PacketRing() {
    if (memory_) munmap(memory_, ring_bytes);
}

std::vector<CapturedFrame> PacketRing::take() {
    std::vector<CapturedFrame> frames;
    for (unsigned seen = 0; seen < places; ++seen, next_ = (next_ + 1) % places) {
        char* place = memory_ + static_cast<size_t>(next_) * place_bytes;
        auto* header = reinterpret_cast<tpacket2_hdr*>(place);
        // The kernel writes the status last, and the rest is valid only once it is there.
        if (!(__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) break;
        sockaddr_ll from{};
        std::memcpy(&from, place + TPACKET_ALIGN(sizeof(tpacket2_hdr)), sizeof from);
        frames.push_back({std::chrono::seconds{header->tp_sec} + Duration{header->tp_nsec}, from.sll_pkttype == PACKET_OUTGOING,
                          header->tp_len, std::string(place + header->tp_mac, header->tp_snaplen)});
        __atomic_store_n(&header->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    }
    return frames;
}

int PacketRing::lost() const {
    tpacket_stats stats{};
    socklen_t size = sizeof stats;
    check(getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &stats, &size), "asking for PACKET_STATISTICS");
    return static_cast<int>(stats.tp_drops);
}

} // namespace halfopen
