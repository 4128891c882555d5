#include "harness/lab/launcher.h"

#include <cerrno>
#include <cstring>
#include <type_traits>

#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/passed_descriptors.h"

namespace halfopen {

namespace {

/// What travels to the launcher, beside the descriptors, of which the namespace is the first. The slot lies at the same address
/// in both; a detector may have been made since the fork, and is made once more.
struct Order {
    Role role;
    WorldSpec spec;
    Slot* slot;
    char detector[512];
};
static_assert(std::is_trivially_copyable_v<Order>);

Fd take(std::vector<Fd>& fds, size_t i) { return i < fds.size() ? std::move(fds[i]) : Fd{}; }

int take_on(Order order, std::vector<Fd> fds) {
    NetNamespace(take(fds, 0)).enter();
    const auto detector = make_detector(order.detector);
    order.spec.detector = detector.get();
    switch (order.role) {
    case Role::client: return run_client(order.spec, *order.slot, take(fds, 1), take(fds, 2));
    case Role::server:
        return run_server(order.spec, *order.slot, take(fds, 1), take(fds, 2), take(fds, 3), take(fds, 4), take(fds, 5));
    case Role::proxy: return run_proxy(take(fds, 1), take(fds, 2));
    }
    return 1;
}

/// Until the supervisor closes its end.
int launch(const Fd& orders) {
    for (;;) {
        Order order{};
        std::vector<Fd> fds;
        if (receive_with_descriptors(orders, &order, sizeof order, fds) != sizeof order) return 0;
        pid_t pid = 0;
        try {
            pid = fork_sibling([&] { return take_on(order, std::move(fds)); });
        } catch (const SystemError& e) {
            pid = -e.error_number;
        }
        fds.clear(); // Before the answer: nobody but the role may hold a connection then.
        if (send(orders.get(), &pid, sizeof pid, MSG_NOSIGNAL) != sizeof pid) return 0;
    }
}

} // namespace

Launcher::Launcher(int slots, const std::function<void()>& shed) : slots_(slots) {
    auto [ours, theirs] = socket_pair(SOCK_SEQPACKET);
    process_ = fork_process([&] {
        ours.reset();
        keep_only({&theirs});
        shed();
        malloc_trim(0);
        return launch(theirs);
    });
    orders_ = std::move(ours);
}

Launch Launcher::start(Role role, const NetNamespace& network, const WorldSpec& spec, Slot& slot, std::initializer_list<const Fd*> fds) {
    Order order{role, spec, &slot, {}};
    const std::string detector = spec_of(*spec.detector);
    if (detector.size() >= sizeof order.detector) throw Error(Exit::incomplete, "a detector's settings are too long for a role");
    std::memcpy(order.detector, detector.data(), detector.size());
    std::vector<int> passed{network.fd()};
    for (const Fd* fd : fds)
        if (*fd) passed.push_back(fd->get());
    hear(MSG_DONTWAIT); // Answers that nobody fetches would fill the channel.
    send_with_descriptors(orders_, &order, sizeof order, passed);
    return {*this, ordered_++};
}

void Launcher::hear(int flags) {
    do {
        pid_t pid = 0;
        const ssize_t n = recv(orders_.get(), &pid, sizeof pid, flags);
        if (n < 0 && errno == EAGAIN) return;
        if (n < 0 && errno == EINTR) continue;
        if (n != sizeof pid) throw Error(Exit::incomplete, "the launcher of the roles has ended");
        answers_[answered_++] = pid;
    } while (flags & MSG_DONTWAIT);
}

pid_t Launcher::wait_for(uint64_t number) {
    while (number >= answered_) hear(0);
    return answers_.extract(number).mapped();
}

Launch::~Launch() {
    if (!launcher_) return;
    try {
        take();
    } catch (const Error& e) {
        fmt::print(stderr, "ending a role that was not needed any more: {}\n", e.what());
    }
}

Process Launch::take() {
    const pid_t pid = std::exchange(launcher_, nullptr)->wait_for(number_);
    if (pid < 0) throw SystemError("starting a process", -pid);
    return Process::adopt(pid);
}

} // namespace halfopen
