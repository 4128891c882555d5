// The detector that listens to rtnetlink, in the server's namespace, while that host's own link changes.

#include <functional>

#include <poll.h>
#include <unistd.h>

#include "detectors/detector.h"
#include "harness/linux/link.h"
#include "harness/linux/process.h"
#include "support/catch.h"
#include "support/in_lab.h"
#include "support/namespaces.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

struct OnlySocket final : Connection {
    explicit OnlySocket(int fd) : socket(fd) {}
    int fd() const override { return socket; }
    void received(std::span<const char>) override {}
    Instant last_message() const override { return {}; }
    Instant last_pong() const override { return {}; }
    int write_due_fd() const override { return -1; }
    std::vector<char> take_due() override { return {}; }
    std::vector<char> ping() override { return {}; }
    int socket;
};

/// Passes on what was seen.
struct Told final : Out {
    using Out::gone;
    explicit Told(int to) : pipe(to) {}
    void eof(std::string_view) override {}
    void gone(std::string_view signal) override { check(::write(pipe, signal.data(), signal.size()), "telling it"); }
    void suspect() override {}
    void trust() override {}
    int pipe;
};

/// What it says of a change; "quiet" for nothing in two seconds.
std::string said_of(const std::function<void(const Topology&)>& change) {
    return in_lab([&] {
        const Pair pair;
        const auto [heard, told] = make_pipe();
        pair.topology.server.enter();
        const Process watcher = fork_process([&pair, to = told.get()] {
            OnlySocket connection(pair.server.get());
            Told out(to);
            make_detector("link-events")->watch(connection, out);
            return 0;
        });
        pollfd signal{heard.get(), POLLIN, 0};
        expect(poll(&signal, 1, 100) == 0, "it spoke before anything had changed");
        change(pair.topology);
        if (poll(&signal, 1, 2000) == 0) throw Error(Exit::incomplete, "quiet");
        char text[64];
        throw Error(Exit::incomplete, {text, static_cast<size_t>(check(read(heard.get(), text, sizeof text), "hearing it"))});
    });
}

/// ip(8) in the server's namespace.
auto ip(std::string arguments) {
    return [arguments](const Topology& topology) {
        topology.server.enter();
        expect(std::system(("ip " + arguments).c_str()) == 0, "ip(8) refused it");
    };
}

} // namespace

TEST_CASE("the server's own cable, link, address and route are told at once, and nothing behind the router is") {
    NEEDS_NAMESPACES;
    if (std::system("command -v ip >/dev/null") != 0) HALFOPEN_SKIP("iproute2 is not installed");
    const auto port_down = [](const char* port) {
        return [port](const Topology& topology) {
            topology.router.enter();
            RouteSocket().set_up(port, false);
        };
    };
    CHECK(said_of(port_down("to-server")) == "rtnetlink: link down");
    CHECK(said_of(port_down("to-client")) == "quiet");
    CHECK(said_of(ip("link set eth0 down")) == "rtnetlink: link down");
    CHECK(said_of(ip("link set eth0 mtu 1400")) == "quiet");
    CHECK(said_of(ip("route del default")) == "route: ENETUNREACH");
    CHECK(said_of(ip("route add blackhole 192.0.2.10")) == "route: EINVAL");
    CHECK(said_of(ip("neigh replace 198.51.100.1 dev eth0 lladdr 02:00:00:00:00:03 nud failed")) == "rtnetlink: neighbour failed");
}
