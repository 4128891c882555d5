// The proxy: two connections, and whatever comes by one is written to the other. It is the kind that does its work too well:
// the end of one connection it keeps to itself.

#include <thread>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/lab/roles.h"
#include "harness/linux/socket.h"

namespace halfopen {

namespace {

/// Each direction waits for room on its own, so that a full one does not hold up the other.
void pass_on(const Fd& from, const Fd& to) {
    char bytes[4096];
    for (;;) {
        const ssize_t n = recv(from.get(), bytes, sizeof bytes, 0);
        if (n <= 0) return;
        // Acknowledged at once, as the roles do it: no delayed ACK of the proxy's is under way at the fault.
        set_option(from.get(), IPPROTO_TCP, TCP_QUICKACK, 1, "TCP_QUICKACK");
        for (ssize_t sent = 0; sent < n;) {
            const ssize_t m = send(to.get(), bytes + sent, static_cast<size_t>(n - sent), MSG_NOSIGNAL);
            if (m < 0) return;
            sent += m;
        }
    }
}

} // namespace

int run_proxy(Fd to_client, Fd to_server) {
    settle_down_as_role({&to_client, &to_server});
    for (const Fd* end : {&to_client, &to_server}) {
        linger_zero(end->get()); // Killed with its world, it leaves nothing that would go on sending.
        set_option(end->get(), IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
        set_option(end->get(), IPPROTO_TCP, TCP_QUICKACK, 1, "TCP_QUICKACK");
    }
    std::thread([&] { pass_on(to_client, to_server); }).detach();
    pass_on(to_server, to_client);
    for (;;) pause();
}

} // namespace halfopen
