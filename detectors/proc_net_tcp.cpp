// Looking the connection up from outside, as netstat did: its line in /proc/net/tcp has the state, in hex. No
// descriptor is needed, so a script or another process can do it, and that is its only merit.
//
// It is law 2 with a longer way: ESTABLISHED proves nothing, CLOSE_WAIT is the client's FIN, and a connection
// that has ended has no line any more, though the program still holds its socket. The other states are the
// server's own doing, or its kernel's: a line that says FIN_WAIT2 or SYN_RECV is no end.

#include <cerrno>
#include <charconv>
#include <fstream>

#include <fmt/format.h>

#include "detectors/table.h"
#include "detectors/tcp_info.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

/// "0100007F:1F90": the address as the kernel's number in hex, in this machine's byte order, and the port
/// (net/ipv4/tcp_ipv4.c: get_tcp4_sock()).
std::string in_hex(const Endpoint& end) {
    return fmt::format("{:08X}:{:04X}", end.address.to_kernel().s_addr, end.port);
}

/// " LOCAL REMOTE ": what stands before the state in the connection's line.
std::string key_of(const Ends& ends) { return fmt::format(" {} {} ", in_hex(ends.server), in_hex(ends.client)); }

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

constexpr std::string_view close_wait_line = "/proc/net/tcp: CLOSE_WAIT";
constexpr std::string_view no_line = "/proc/net/tcp: no line";

class ProcNetTcp : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return label_with_changes(*this); }

    Timing timing() const override { return {.anchor = "last look", .period = interval()}; }

    Prediction predict(const Situation& s) const override {
        if (const auto edge = sees_in_table(s, {interval(), no_line}))
            return *edge;
        Prediction p = sees_state(s, interval(), Verdict::eof);
        if (!p.signal.empty())
            p.signal = p.verdict == Verdict::eof ? close_wait_line : no_line;
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        // A connection that is over has no other end to ask for; one that we never saw has ended before.
        const auto ends = connection.ends();
        const std::string key = ends ? key_of(*ends) : "";
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            const int state = ends ? state_in_proc(key) : 0;
            if (state == TCP_CLOSE_WAIT)
                return out.eof(close_wait_line);
            if (state == 0)
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
     .family = MethodFamily::outside,
     .summary =
         "reads the connection's line in /proc/net/tcp every interval: CLOSE_WAIT is the end of what the "
         "client sends, no line means gone",
     .job = Job::neither,
     .outside = true,
     .needs = {},
     .settings =
         {{.name = "interval", .fallback = "1s", .meaning = "how often it looks", .least = 1'000'000}}},
    make<ProcNetTcp>};

} // namespace halfopen
