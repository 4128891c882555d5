// What one check of each polling detector costs: the system call on a connection of this process's own, on loopback.

#include <benchmark/benchmark.h>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>

#include "harness/linux/socket.h"
#include "harness/linux/tcp_info.h"

using namespace halfopen;

namespace {

/// A connection on the loopback link of the namespace that the benchmarks run in, which is down at first.
struct Connected {
    Fd listener, client, server;
    Connected() {
        [[maybe_unused]] const int up = std::system("ip link set lo up");
        const Endpoint here{Ipv4{{127, 0, 0, 1}}, 5999};
        listener = tcp_listen(here);
        client = tcp_connect(here);
        server = tcp_accept(listener);
    }
};

int connection() {
    static const Connected one;
    return one.server.get();
}

void look_at_tcp_info(benchmark::State& state) {
    const int fd = connection();
    for (auto _ : state) benchmark::DoNotOptimize(halfopen::tcp_info(fd));
}
BENCHMARK(look_at_tcp_info);

void look_with_recv_peek(benchmark::State& state) {
    const int fd = connection();
    char byte;
    for (auto _ : state) benchmark::DoNotOptimize(recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT));
}
BENCHMARK(look_with_recv_peek);

void look_with_poll(benchmark::State& state) {
    pollfd one{connection(), POLLIN | POLLRDHUP, 0};
    for (auto _ : state) benchmark::DoNotOptimize(poll(&one, 1, 0));
}
BENCHMARK(look_with_poll);

void look_with_select(benchmark::State& state) {
    const int fd = connection();
    for (auto _ : state) {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(fd, &set);
        timeval at_once{0, 0};
        benchmark::DoNotOptimize(select(fd + 1, &set, nullptr, nullptr, &at_once));
    }
}
BENCHMARK(look_with_select);

void look_with_epoll(benchmark::State& state) {
    const Fd epoll{epoll_create1(EPOLL_CLOEXEC)};
    epoll_event event{EPOLLIN | EPOLLRDHUP | EPOLLET, {}};
    epoll_ctl(epoll.get(), EPOLL_CTL_ADD, connection(), &event);
    for (auto _ : state) benchmark::DoNotOptimize(epoll_wait(epoll.get(), &event, 1, 0));
}
BENCHMARK(look_with_epoll);

} // namespace
