#include "harness/linux/socket_states.h"

#include <netinet/tcp.h>

#include "harness/base/error.h"

#if HALFOPEN_HAS_BPF

#include <atomic>
#include <cstring>
#include <deque>

#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

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
            .error = raw.error};
}

} // namespace

struct SocketStates::Loaded {
    struct Release {
        void operator()(bpf_object* object) const { bpf_object__close(object); }
        void operator()(bpf_link* link) const { bpf_link__destroy(link); }
        void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
        void operator()(socket_states_control* control) const { munmap(control, sizeof *control); }
    };
    std::unique_ptr<bpf_object, Release> object;
    std::unique_ptr<socket_states_control, Release> control; ///< the map's own memory: writing it is no system call
    std::unique_ptr<ring_buffer, Release> ring;
    std::unique_ptr<bpf_link, Release> link; ///< the last: nothing is reported before somebody can take it
    int ring_fd = -1;
    std::deque<SocketChange> taken; ///< read from the ring, not yet asked for

    Loaded();
    bpf_map* map(const char* name) { return check_bpf(bpf_object__find_map_by_name(object.get(), name), name); }
    static int take(void* self, void* record, size_t);
    /// The place of an inode (of a free one: 0) among those watched; null when there is none.
    uint32_t* find(uint64_t inode) {
        for (uint32_t i = 0; i < control->watched; ++i)
            if (control->inodes[i] == inode) return &control->inodes[i];
        return nullptr;
    }
};

int SocketStates::Loaded::take(void* self, void* record, size_t) {
    static_cast<Loaded*>(self)->taken.push_back(change_of(*static_cast<const socket_states_change*>(record)));
    return 0;
}

SocketStates::Loaded::Loaded() {
    libbpf_set_print(nullptr); // It would explain itself in twenty lines.
    const size_t size = static_cast<size_t>(halfopen_bpf_object_end - halfopen_bpf_object);
    bpf_object_open_opts options{};
    options.sz = sizeof options;
    options.object_name = "halfopen"; // Shown by `bpftool prog`.
    object.reset(check_bpf(bpf_object__open_mem(halfopen_bpf_object, size, &options), "opening the eBPF program"));
    // libbpf gives the error as a negative number, and sets errno too (libbpf 1.0).
    check_bpf(bpf_object__load(object.get()) == 0 ? object.get() : nullptr, "loading an eBPF program");
    bpf_map* settings = map("control");
    void* memory = mmap(nullptr, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(settings), 0);
    if (memory == MAP_FAILED) memory = nullptr;
    control.reset(static_cast<socket_states_control*>(check_bpf(memory, "mapping the memory of an eBPF program")));
    ring_fd = bpf_map__fd(map("changes"));
    ring.reset(check_bpf(ring_buffer__new(ring_fd, take, this, nullptr), "mapping the ring of an eBPF program"));
    bpf_program* program = bpf_object__find_program_by_name(object.get(), "on_set_state");
    link.reset(check_bpf(bpf_program__attach(check_bpf(program, "on_set_state")), "attaching an eBPF program"));
}

SocketStates::SocketStates() : loaded_(std::make_unique<Loaded>()) {}
SocketStates::~SocketStates() = default;
SocketStates::SocketStates(SocketStates&&) noexcept = default;

bool SocketStates::is_built_in() { return true; }

void SocketStates::watch(const NetNamespace& network) {
    const auto inode = static_cast<uint32_t>(network.inode()); // An unsigned int in the kernel.
    if (loaded_->find(inode)) return;
    socket_states_control& control = *loaded_->control;
    if (uint32_t* free = loaded_->find(0)) {
        std::atomic_ref(*free).store(inode);
    } else if (control.watched < SOCKET_STATES_WATCHED) {
        // The kernel side must find the inode when it sees the number of them.
        std::atomic_ref(control.inodes[control.watched]).store(inode);
        std::atomic_ref(control.watched).fetch_add(1);
    } else {
        throw CannotHere(fmt::format("at most {} network namespaces can be watched at once; forget one first",
                                     SOCKET_STATES_WATCHED));
    }
}

void SocketStates::forget(const NetNamespace& network) {
    if (uint32_t* place = loaded_->find(network.inode())) std::atomic_ref(*place).store(0);
}

int SocketStates::fd() const { return loaded_->ring_fd; }

std::optional<SocketChange> SocketStates::next() {
    if (loaded_->taken.empty()) ring_buffer__consume(loaded_->ring.get());
    if (loaded_->taken.empty()) return std::nullopt;
    const SocketChange change = loaded_->taken.front();
    loaded_->taken.pop_front();
    return change;
}

uint64_t SocketStates::lost() const { return std::atomic_ref(loaded_->control->lost).load(); }

} // namespace halfopen

#else

namespace halfopen {

struct SocketStates::Loaded {};

SocketStates::SocketStates() {
    throw CannotHere("halfopen was built without eBPF; to have it: sudo apt-get install clang libbpf-dev, then "
                     "configure again (cmake --preset release) and build");
}
SocketStates::~SocketStates() = default;
SocketStates::SocketStates(SocketStates&&) noexcept = default;
bool SocketStates::is_built_in() { return false; }
void SocketStates::watch(const NetNamespace&) {}
void SocketStates::forget(const NetNamespace&) {}
int SocketStates::fd() const { return -1; }
std::optional<SocketChange> SocketStates::next() { return std::nullopt; }
uint64_t SocketStates::lost() const { return 0; }

} // namespace halfopen

#endif

namespace halfopen {

bool SocketChange::gave_up() const { return to == TCP_CLOSE && error != 0; }

std::string why_no_socket_states() {
    try {
        SocketStates trial;
        return {};
    } catch (const Error& e) {
        return e.what();
    }
}

} // namespace halfopen
