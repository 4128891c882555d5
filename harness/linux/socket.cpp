#include "harness/linux/socket.h"

#include <sys/socket.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {
Fd tcp_socket() {
    return Fd{check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "making a TCP socket")};
}
const sockaddr* generic(const sockaddr_in& a) { return reinterpret_cast<const sockaddr*>(&a); }
} // namespace

Fd tcp_listen(Endpoint at) {
    Fd fd = tcp_socket();
    set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
    const sockaddr_in kernel = at.to_kernel();
    check(bind(fd.get(), generic(kernel), sizeof kernel), "binding to {}:{}", to_string(at.address), at.port);
    check(listen(fd.get(), 8), "listening on {}:{}", to_string(at.address), at.port);
    return fd;
}

Fd tcp_connect(Endpoint to) {
    Fd fd = tcp_socket();
    const sockaddr_in kernel = to.to_kernel();
    check(connect(fd.get(), generic(kernel), sizeof kernel), "connecting to {}:{}", to_string(to.address), to.port);
    return fd;
}

Fd tcp_accept(const Fd& listener) {
    return Fd{check(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC), "accepting a connection")};
}

void set_option(int fd, int level, int option, int value, const char* name) {
    check(setsockopt(fd, level, option, &value, sizeof value), "setting {} to {}", name, value);
}

int get_option(int fd, int level, int option, const char* name) {
    int value = 0;
    socklen_t size = sizeof value;
    check(getsockopt(fd, level, option, &value, &size), "reading {}", name);
    return value;
}

namespace {
void set_linger(int fd, bool on) {
    const linger value{on, 0};
    check(setsockopt(fd, SOL_SOCKET, SO_LINGER, &value, sizeof value), "setting SO_LINGER {}", on ? "to 0" : "off");
}
} // namespace

void linger_zero(int fd) { set_linger(fd, true); }
void linger_off(int fd) { set_linger(fd, false); }

void forget(Fd& socket) {
    set_option(socket.get(), IPPROTO_TCP, TCP_REPAIR, 1, "TCP_REPAIR");
    socket.reset();
}

} // namespace halfopen
