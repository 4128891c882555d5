#include "harness/linux/socket_states.h"

#include <netinet/tcp.h>

#include "harness/base/error.h"

#if HALFOPEN_HAS_BPF

#include <algorithm>
#include <atomic>
#include <vector>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/linux/report_ring.h"
#include "harness/linux/socket_states_layout.h"

// The compiled socket_states.bpf.c travels inside the program: nothing has to be found at run time. libelf wants it
// aligned.
asm(R"(
    .pushsection .rodata
    .balign 8
halfopen_bpf_object:
    .incbin ")" HALFOPEN_BPF_OBJECT R"("
halfopen_bpf_object_end:
    .byte 0
    .popsection
)");
extern "C" const char halfopen_bpf_object[], halfopen_bpf_object_end[];

namespace halfopen {

namespace {

constexpr const char* kernel_types = "/sys/kernel/btf/vmlinux";

/// libbpf's functions give null and errno.
template <typename T> T* check_bpf(T* result, const char* doing) {
    if (result) return result;
    const int error_number = errno;
    if (access(kernel_types, R_OK) != 0)
        throw CannotHere(fmt::format("this kernel does not describe its own types ({} is missing); use one that was "
                                     "built with CONFIG_DEBUG_INFO_BTF, as Debian's are",
                                     kernel_types));
    if (error_number != EPERM && error_number != EACCES) throw CannotHere(SystemError(doing, error_number).what());
    throw CannotHere(geteuid() != 0
                         ? "only root may load the eBPF program that reads the kernel's own instants; run halfopen as root (sudo)"
                         : fmt::format("{} is refused even to root; a container, a user namespace or kernel lockdown "
                                       "forbids it: run halfopen as root of the machine itself",
                                       doing));
}

} // namespace

struct SocketStates::Loaded {
    using Places = socket_states_place[SOCKET_STATES_PLACES];
    struct Release {
        void operator()(bpf_object* object) const { bpf_object__close(object); }
        void operator()(bpf_link* link) const { bpf_link__destroy(link); }
        void operator()(Places* places) const { munmap(places, sizeof *places); }
    };
    std::unique_ptr<bpf_object, Release> object;
    std::unique_ptr<Places, Release> places; ///< the map's own memory: writing it is no system call
    std::unique_ptr<ReportRing> common;
    std::vector<Fd> rings;
    std::vector<uint32_t> taken_by; ///< the inode that has the ring of this number; 0 for none
    std::unique_ptr<bpf_link, Release> states, retransmissions; ///< the last: nothing is reported before somebody can take it

    explicit Loaded(int rings);
    bpf_map* map(const char* name) { return check_bpf(bpf_object__find_map_by_name(object.get(), name), name); }
    void make_rings(int count);
    std::unique_ptr<bpf_link, Release> attach(const char* program) {
        bpf_program* found = bpf_object__find_program_by_name(object.get(), program);
        return std::unique_ptr<bpf_link, Release>(
            check_bpf(bpf_program__attach(check_bpf(found, program)), "attaching an eBPF program"));
    }
    /// The place of that inode, or a free one near its own; null when there is none.
    socket_states_place* find(uint32_t inode, bool free = false) {
        for (uint32_t i = 0; i < SOCKET_STATES_NEAR; ++i) {
            socket_states_place& place = (*places)[(inode + i) % SOCKET_STATES_PLACES];
            if (place.inode == (free ? 0 : inode)) return &place;
        }
        return nullptr;
    }
    void take(const NetNamespace& network, uint16_t local_port, int32_t ring);
};

SocketStates::Loaded::Loaded(int ring_count) {
    libbpf_set_print(nullptr); // It would explain itself in twenty lines.
    const size_t size = static_cast<size_t>(halfopen_bpf_object_end - halfopen_bpf_object);
    bpf_object_open_opts options{};
    options.sz = sizeof options;
    options.object_name = "halfopen"; // Shown by `bpftool prog`.
    object.reset(check_bpf(bpf_object__open_mem(halfopen_bpf_object, size, &options), "opening the eBPF program"));
    // libbpf gives the error as a negative number, and sets errno too (libbpf 1.0).
    check_bpf(bpf_object__load(object.get()) == 0 ? object.get() : nullptr, "loading an eBPF program");
    void* memory = mmap(nullptr, sizeof(Places), PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map("places")), 0);
    if (memory == MAP_FAILED) memory = nullptr;
    places.reset(static_cast<Places*>(check_bpf(memory, "mapping the memory of an eBPF program")));
    common = std::make_unique<ReportRing>(bpf_map__fd(map("common")), SOCKET_STATES_COMMON_BYTES);
    if (ring_count > 0) make_rings(std::min(ring_count, SOCKET_STATES_RINGS));
    states = attach("on_set_state");
    retransmissions = attach("on_retransmit");
}

void SocketStates::Loaded::make_rings(int wanted) {
    std::vector<int> numbers, raw;
    for (int i = 0; i < wanted; ++i) {
        rings.emplace_back(check(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "halfopen_ring", 0, 0, static_cast<uint32_t>(one_page()), nullptr),
                                 "making a ring of an eBPF program"));
        numbers.push_back(i);
        raw.push_back(rings.back().get());
    }
    taken_by.resize(rings.size());
    // All at once: each single update waits until no program runs any more (maybe_wait_bpf_programs()), some milliseconds.
    auto count = static_cast<uint32_t>(wanted);
    check(bpf_map_update_batch(bpf_map__fd(map("rings")), numbers.data(), raw.data(), &count, nullptr),
          "handing rings to an eBPF program");
}

void SocketStates::Loaded::take(const NetNamespace& network, uint16_t local_port, int32_t ring) {
    const auto inode = static_cast<uint32_t>(network.inode()); // An unsigned int in the kernel.
    if (find(inode)) return;
    socket_states_place* place = find(inode, true);
    if (!place) throw CannotHere("too many network namespaces are watched at once; forget one first");
    *place = {0, ring, htons(local_port), 0, 0, 0, 0};
    std::atomic_ref(place->inode).store(inode); // The kernel's side must find the rest when it sees the inode.
}

SocketStates::SocketStates(int rings) : loaded_(std::make_unique<Loaded>(rings)) {}
SocketStates::~SocketStates() = default;
SocketStates::SocketStates(SocketStates&&) noexcept = default;

int SocketStates::rings() const { return static_cast<int>(loaded_->rings.size()); }

bool SocketStates::is_built_in() { return true; }

void SocketStates::watch(const NetNamespace& network) { loaded_->take(network, 0, SOCKET_STATES_COMMON); }

void SocketStates::stamp(const NetNamespace& network, uint16_t port) { loaded_->take(network, port, SOCKET_STATES_NONE); }

Fd SocketStates::stamp_and_report(const NetNamespace& network, uint16_t port) {
    const auto inode = static_cast<uint32_t>(network.inode());
    for (size_t i = 0; i < loaded_->rings.size(); ++i) {
        if (loaded_->taken_by[i] != 0) continue;
        loaded_->taken_by[i] = inode;
        while (ReportRing(loaded_->rings[i].get()).next()) {
        } // What the one before it left.
        loaded_->take(network, port, static_cast<int32_t>(i));
        return loaded_->rings[i].duplicate();
    }
    throw Error(Exit::incomplete, fmt::format("all {} rings of the eBPF program are taken", loaded_->rings.size()));
}

void SocketStates::forget(const NetNamespace& network) {
    const auto inode = static_cast<uint32_t>(network.inode());
    socket_states_place* place = loaded_->find(inode);
    if (!place) return;
    std::atomic_ref(place->inode).store(0);
    for (uint32_t& taken : loaded_->taken_by)
        if (taken == inode) taken = 0;
}

KernelKnew SocketStates::knew(const NetNamespace& network) const {
    socket_states_place* place = loaded_->find(static_cast<uint32_t>(network.inode()));
    if (!place) return {};
    KernelKnew knew;
    const auto instant = [](__u64& ns) -> std::optional<Instant> {
        const __u64 at = std::atomic_ref(ns).load();
        return at ? std::optional(Instant{Duration{static_cast<int64_t>(at)}}) : std::nullopt;
    };
    knew.fin = instant(place->fin_at_ns);
    knew.gave_up = instant(place->end_at_ns);
    knew.error = place->error;
    return knew;
}

int SocketStates::fd() const { return loaded_->common->fd(); }

std::optional<SocketChange> SocketStates::next() { return loaded_->common->next(); }

uint64_t SocketStates::lost() const {
    uint64_t lost = 0;
    for (socket_states_place& place : *loaded_->places) lost += std::atomic_ref(place.lost).load();
    return lost;
}

} // namespace halfopen

#else

namespace halfopen {

struct SocketStates::Loaded {};

SocketStates::SocketStates(int) {
    throw CannotHere("halfopen was built without eBPF; to have it: sudo apt-get install clang libbpf-dev, then "
                     "configure again (cmake --preset release) and build");
}
SocketStates::~SocketStates() = default;
SocketStates::SocketStates(SocketStates&&) noexcept = default;
int SocketStates::rings() const { return 0; }
bool SocketStates::is_built_in() { return false; }
void SocketStates::watch(const NetNamespace&) {}
void SocketStates::forget(const NetNamespace&) {}
void SocketStates::stamp(const NetNamespace&, uint16_t) {}
Fd SocketStates::stamp_and_report(const NetNamespace&, uint16_t) { return {}; }
KernelKnew SocketStates::knew(const NetNamespace&) const { return {}; }
int SocketStates::fd() const { return -1; }
std::optional<SocketChange> SocketStates::next() { return std::nullopt; }
uint64_t SocketStates::lost() const { return 0; }

} // namespace halfopen

#endif

namespace halfopen {

bool SocketChange::gave_up() const { return to == TCP_CLOSE && from != to && error != 0; }

std::string why_no_socket_states() {
    try {
        SocketStates trial;
        return {};
    } catch (const Error& e) {
        return e.what();
    }
}

} // namespace halfopen
