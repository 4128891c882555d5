#include "harness/linux/report_ring.h"

#include <atomic>
#include <cstring>

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/socket_states_layout.h"

namespace halfopen {

namespace {

Ipv4 address_of(uint32_t in_packet) {
    Ipv4 address;
    memcpy(address.bytes.data(), &in_packet, sizeof in_packet);
    return address;
}

SocketChange change_of(const socket_states_change& raw) {
    return {.at = Instant{Duration{raw.at_ns}},
            .network_namespace = raw.inode,
            .socket = raw.socket,
            .local = {address_of(raw.local_address), ntohs(raw.local_port)},
            .remote = {address_of(raw.remote_address), ntohs(raw.remote_port)},
            .from = raw.from,
            .to = raw.to,
            .error = raw.error,
            .acknowledged = raw.acknowledged};
}

void* map(int fd, size_t size, int protection, size_t offset) {
    void* memory = mmap(nullptr, size, protection, MAP_SHARED, fd, static_cast<off_t>(offset));
    check(memory == MAP_FAILED ? -1 : 0, "mapping the ring of an eBPF program");
    return memory;
}

} // namespace

size_t one_page() { return static_cast<size_t>(getpagesize()); }

void ReportRing::Unmap::operator()(void* memory) const { munmap(memory, size); }

// As linux/bpf.h and kernel/bpf/ringbuf.c lay it out: a page for the reader's position, one for the writer's, and the
// data mapped twice in a row, so that no record is torn at the end.
ReportRing::ReportRing(int fd, size_t bytes) : fd_(fd), size_(bytes) {
    const size_t page = one_page();
    consumer_ = {map(fd, page, PROT_READ | PROT_WRITE, 0), Unmap{page}};
    producer_ = {map(fd, page + 2 * size_, PROT_READ, page), Unmap{page + 2 * size_}};
}

std::optional<SocketChange> ReportRing::next() {
    std::atomic_ref read(*static_cast<unsigned long*>(consumer_.get()));
    std::atomic_ref written(*static_cast<unsigned long*>(producer_.get()));
    const char* data = static_cast<const char*>(producer_.get()) + one_page();
    const unsigned long at = read.load();
    if (at >= written.load(std::memory_order_acquire)) return std::nullopt;
    const char* record = data + (at & (size_ - 1));
    const uint32_t head = std::atomic_ref(*reinterpret_cast<uint32_t*>(const_cast<char*>(record))).load(std::memory_order_acquire);
    if (head & BPF_RINGBUF_BUSY_BIT) return std::nullopt; // It is being written; the reader is woken up after that.
    const uint32_t length = head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
    socket_states_change raw;
    memcpy(&raw, record + BPF_RINGBUF_HDR_SZ, sizeof raw);
    read.store(at + (length + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8);
    return change_of(raw);
}

} // namespace halfopen
