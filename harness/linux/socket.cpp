#include "harness/linux/socket.h"

#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {
Fd tcp_socket() {
    return Fd{check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "making a TCP socket")};
}
const sockaddr* generic(const sockaddr_in& a) { return reinterpret_cast<const sockaddr*>(&a); }
} // namespace

Fd tcp_bound(Endpoint at) {
    Fd fd = tcp_socket();
    set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
    const sockaddr_in kernel = at.to_kernel();
    check(bind(fd.get(), generic(kernel), sizeof kernel), "binding to {}", to_string(at));
    return fd;
}

Fd tcp_listen(Endpoint at, int backlog) {
    Fd fd = tcp_bound(at);
    check(listen(fd.get(), backlog), "listening on {}", to_string(at));
    return fd;
}

void connect_to(const Fd& fd, Endpoint to) {
    const sockaddr_in kernel = to.to_kernel();
    check(connect(fd.get(), generic(kernel), sizeof kernel), "connecting to {}", to_string(to));
}

void begin_to_connect(const Fd& fd, Endpoint to) {
    const int flags = fcntl(fd.get(), F_GETFL);
    fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK);
    const sockaddr_in kernel = to.to_kernel();
    const int result = connect(fd.get(), generic(kernel), sizeof kernel);
    if (result == -1 && errno != EINPROGRESS) check(result, "connecting to {}", to_string(to));
    fcntl(fd.get(), F_SETFL, flags);
}

Fd tcp_connect(Endpoint to) {
    Fd fd = tcp_socket();
    connect_to(fd, to);
    return fd;
}

Fd tcp_connect(Endpoint to, Duration within) {
    Fd fd = tcp_socket();
    // SO_SNDTIMEO limits connect() too (socket(7)).
    const timeval limit{static_cast<time_t>(within / std::chrono::seconds{1}), 0}, none{};
    check(setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit), "limiting a connect()");
    const sockaddr_in kernel = to.to_kernel();
    check(connect(fd.get(), generic(kernel), sizeof kernel), "connecting to {}", to_string(to));
    check(setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none), "unlimiting a socket");
    return fd;
}

Fd udp_connect(Endpoint to) {
    Fd fd{check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "making a UDP socket")};
    const sockaddr_in kernel = to.to_kernel();
    check(connect(fd.get(), generic(kernel), sizeof kernel), "connecting a UDP socket to {}", to_string(to));
    return fd;
}

Fd tcp_accept(const Fd& listener) {
    return Fd{check(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC), "accepting a connection")};
}

namespace {

template <typename Call> Endpoint name_of(const Fd& socket, Call call, const char* doing) {
    sockaddr_in kernel{};
    socklen_t size = sizeof kernel;
    check(call(socket.get(), reinterpret_cast<sockaddr*>(&kernel), &size), "{}", doing);
    Endpoint end{{}, ntohs(kernel.sin_port)};
    std::memcpy(end.address.bytes.data(), &kernel.sin_addr, end.address.bytes.size());
    return end;
}

} // namespace

Endpoint local_end(const Fd& socket) { return name_of(socket, getsockname, "asking for a socket's own address"); }

Endpoint other_end(const Fd& socket) { return name_of(socket, getpeername, "asking for a socket's other end"); }

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
