// Looking the connection up from outside, as netstat did: its line in /proc/net/tcp has the state, in hex. No
// descriptor is needed, so a script or another process can do it, and that is its only merit.
//
// It is law 2 with a longer way: ESTABLISHED proves nothing, CLOSE_WAIT is the client's FIN, and a connection
// that has ended has no line any more, though the program still holds its socket.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <fstream>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/tcp_info.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

/// "0100007F:1F90": the address as the kernel's number in hex, in this machine's byte order, and the port
/// (net/ipv4/tcp_ipv4.c: get_tcp4_sock()).
std::string in_hex(const sockaddr_in& address) {
    return fmt::format("{:08X}:{:04X}", address.sin_addr.s_addr, ntohs(address.sin_port));
}

/// " LOCAL REMOTE ": what stands before the state in the connection's line.
std::string key_of(int fd) {
    sockaddr_in local{}, remote{};
    socklen_t size = sizeof local;
    check(getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size), "asking for the server's address");
    size = sizeof remote;
    check(getpeername(fd, reinterpret_cast<sockaddr*>(&remote), &size), "asking for the client's address");
    return fmt::format(" {} {} ", in_hex(local), in_hex(remote));
}

/// The state of the connection; 0 when it has no line.
int state_in_proc(const std::string& key) {
    std::ifstream table("/proc/net/tcp");
    if (!table)
        throw SystemError("opening /proc/net/tcp", errno);
    for (std::string line; std::getline(table, line);) {
        const size_t at = line.find(key);
        if (at == std::string::npos)
            continue;
        int state = 0;
        std::from_chars(line.data() + at + key.size(), line.data() + line.size(), state, 16);
        return state;
    }
    return 0;
}

constexpr std::string_view end_of_file = "/proc/net/tcp: CLOSE_WAIT";
constexpr std::string_view no_line = "/proc/net/tcp: no line";

class ProcNetTcp : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return label_with_changes(*this); }

    Timing timing() const override { return {.anchor = "last look", .period = interval()}; }

    Prediction predict(const Situation& s) const override {
        Prediction p = sees_state(s, interval(), Verdict::eof);
        if (!p.signal.empty())
            p.signal = p.verdict == Verdict::eof ? end_of_file : no_line;
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        std::string key;
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            // A connection that is over has no other end to ask for; one that we never saw has ended before.
            if (key.empty() && read_tcp_info(connection.fd()).tcpi_state != TCP_CLOSE)
                key = key_of(connection.fd());
            const int state = key.empty() ? 0 : state_in_proc(key);
            if (state == TCP_CLOSE_WAIT)
                return out.eof(end_of_file);
            if (state != TCP_ESTABLISHED)
                return out.gone(no_line);
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
};

} // namespace

extern const Method proc_net_tcp_method;
const Method proc_net_tcp_method{
    {.name = "proc-net-tcp",
     .label = "/proc/net/tcp",
     .summary =
         "reads the connection's line in /proc/net/tcp every interval: CLOSE_WAIT is the end of what the "
         "client sends, no line means gone",
     .job = Job::neither,
     .needs = {},
     .settings =
         {{.name = "interval", .fallback = "1s", .meaning = "how often it looks", .least = 1'000'000}}},
    make<ProcNetTcp>};

} // namespace halfopen
