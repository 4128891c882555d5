#pragma once
// A body that runs inside a lab of its own, as root of namespaces that end with it. Catch2's macros do not work there:
// it is another process, which says what was not as expected.

#include <algorithm>
#include <functional>
#include <string>

#include <unistd.h>

#include "harness/base/error.h"
#include "harness/lab/topology.h"
#include "harness/lab/supervisor.h"
#include "harness/linux/socket.h"

namespace halfopen::testing {

/// Runs the body in a lab of its own; the message of what it threw, or of the first check that failed.
inline std::string in_lab(const std::function<void()>& body) {
    int ends[2];
    check(pipe(ends), "making a pipe");
    const Fd answer{ends[0]}, told{ends[1]};
    Supervisor lab([&](const Fd&) {
        std::string text = "ok";
        try {
            body();
        } catch (const std::exception& e) {
            text = e.what();
        }
        return write(told.get(), text.data(), text.size()) > 0 ? 0 : 1;
    });
    lab.wait();
    char text[512];
    return {text, static_cast<size_t>(std::max<ssize_t>(0, read(answer.get(), text, sizeof text)))};
}

inline void expect(bool condition, const char* what) {
    if (!condition) throw Error(Exit::incomplete, what);
}

/// One connection through the three namespaces. The thread ends in the router's.
struct Pair {
    Topology topology = Topology::build(Sysctls::for_new_worlds());
    Fd client, server;
    Pair() {
        topology.server.enter();
        const Fd listener = tcp_listen({server_address, server_port});
        topology.client.enter();
        client = tcp_connect({server_address, server_port});
        server = tcp_accept(listener);
        topology.router.enter();
    }
};

} // namespace halfopen::testing
