// Sources: nginx, ngx_http_core_module, listen; redis, src/anet.c: anetKeepAlive(); PostgreSQL, 20.3.2 TCP
// Settings; OpenSSH, sshd_config(5) and serverloop.c: client_alive_check(); Go 1.23, net.KeepAliveConfig;
// Python, socket; tcp(7).

#include "detectors/recipes.h"

#include <algorithm>

#include <fmt/format.h>

#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// What every server does after a write without TCP_USER_TIMEOUT, at the default tcp_retries2 = 15
/// (unanswered_write()).
constexpr std::string_view without_user_timeout = "after a write that nobody acknowledges: up to 15 min 40 s";

std::string no_user_timeout(std::string_view who) {
    return fmt::format("{} cannot set TCP_USER_TIMEOUT; {}", who, without_user_timeout);
}

int64_t seconds(Duration d) { return std::chrono::ceil<std::chrono::seconds>(d).count(); }
int64_t milliseconds(Duration d) { return std::chrono::ceil<std::chrono::milliseconds>(d).count(); }

std::string if_lacking(const SocketTimers& t, std::string_view who) {
    return t.user_timeout > 0ns ? no_user_timeout(who) : std::string();
}

Recipe nginx(const SocketTimers& t) {
    if (!t.keepalive)
        return {"nginx", {}, no_user_timeout("nginx")};
    return {
        "nginx",
        {fmt::format("listen 443 so_keepalive={}s:{}s:{};", seconds(t.idle), seconds(t.interval), t.count)},
        if_lacking(t, "nginx")};
}

/// What `tcp-keepalive N` comes to: idle N, interval N / 3 and at least 1, count 3.
int64_t redis_total(int64_t n) { return n + 3 * std::max<int64_t>(1, n / 3); }

Recipe redis(const SocketTimers& t) {
    if (!t.keepalive)
        return {"redis", {}, no_user_timeout("redis")};
    const int64_t total = seconds(t.idle + t.count * t.interval);
    int64_t n = 1;
    while (redis_total(n + 1) <= total)
        ++n;
    std::string limits = fmt::format("one number: it asks after {} s, then every {} s, 3 times, {} s in all",
                                     n, std::max<int64_t>(1, n / 3), redis_total(n));
    if (redis_total(n) > total)
        limits += fmt::format(", and can do no less (asked for: {} s)", total);
    if (t.user_timeout > 0ns)
        limits += "; " + no_user_timeout("redis");
    return {"redis", {fmt::format("tcp-keepalive {}", n)}, limits};
}

Recipe postgres(const SocketTimers& t) {
    Recipe recipe{"postgres", {}, {}};
    if (t.keepalive)
        recipe.lines = {fmt::format("tcp_keepalives_idle = {}", seconds(t.idle)),
                        fmt::format("tcp_keepalives_interval = {}", seconds(t.interval)),
                        fmt::format("tcp_keepalives_count = {}", t.count)};
    if (t.user_timeout > 0ns)
        recipe.lines.push_back(fmt::format("tcp_user_timeout = {}", milliseconds(t.user_timeout)));
    return recipe;
}

/// sshd gives up when more messages are unanswered than ClientAliveCountMax says, one interval later than
/// sshd_config(5) has it.
std::vector<std::string> client_alive(Duration limit) {
    return {fmt::format("ClientAliveInterval {}", std::max<int64_t>(1, limit / 4s)), "ClientAliveCountMax 3"};
}

std::string say_client_alive(Duration limit) {
    return fmt::format(
        "it asks the client's program, once it has logged in, and gives up at the fourth silent interval: {} s in "
        "all; Debian 12's sshd (9.2) was measured to ask half as often, and to take up to {} s",
        4 * std::max<int64_t>(1, limit / 4s), 8 * std::max<int64_t>(1, limit / 4s));
}

Recipe sshd(const SocketTimers& t) {
    const Duration limit = t.keepalive ? t.idle + t.count * t.interval : t.user_timeout;
    Recipe recipe{"sshd", client_alive(limit), say_client_alive(limit)};
    if (t.keepalive) {
        recipe.lines.push_back("# or TCPKeepAlive yes, with numbers for the whole machine, by root:");
        recipe.lines.push_back(fmt::format("sysctl -w net.ipv4.tcp_keepalive_time={} \\", seconds(t.idle)));
        recipe.lines.push_back(
            fmt::format("  net.ipv4.tcp_keepalive_intvl={} net.ipv4.tcp_keepalive_probes={}",
                        seconds(t.interval), t.count));
    }
    if (t.user_timeout > 0ns)
        recipe.limits += "; " + no_user_timeout("sshd, without it,");
    return recipe;
}

Recipe go(const SocketTimers& t) {
    Recipe recipe{"Go", {}, {}};
    if (t.keepalive) {
        recipe.lines = {fmt::format("net.KeepAliveConfig{{Enable: true, Count: {},", t.count),
                        fmt::format("    Idle: {} * time.Second, Interval: {} * time.Second}}",
                                    seconds(t.idle), seconds(t.interval))};
        recipe.limits = "in net.ListenConfig.KeepAliveConfig, from Go 1.23";
    }
    if (t.user_timeout > 0ns) {
        recipe.lines.push_back(fmt::format("syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, 18, {})",
                                           milliseconds(t.user_timeout)));
        recipe.limits +=
            fmt::format("{}in net.ListenConfig.Control, where fd is given; 18 is TCP_USER_TIMEOUT",
                        t.keepalive ? "; the last line " : "");
    }
    return recipe;
}

Recipe python(const SocketTimers& t) {
    Recipe recipe{"Python", {}, {}};
    const auto option = [&](std::string_view level, std::string_view name, int64_t value) {
        recipe.lines.push_back(fmt::format("s.setsockopt(socket.{}, socket.{}, {})", level, name, value));
    };
    if (t.keepalive) {
        option("SOL_SOCKET", "SO_KEEPALIVE", 1);
        option("IPPROTO_TCP", "TCP_KEEPIDLE", seconds(t.idle));
        option("IPPROTO_TCP", "TCP_KEEPINTVL", seconds(t.interval));
        option("IPPROTO_TCP", "TCP_KEEPCNT", t.count);
    }
    if (t.user_timeout > 0ns)
        option("IPPROTO_TCP", "TCP_USER_TIMEOUT", milliseconds(t.user_timeout));
    return recipe;
}

} // namespace

std::vector<std::string> setsockopt_lines(const SocketTimers& t) {
    std::vector<std::string> lines;
    const auto option = [&](std::string_view level, std::string_view name, int64_t value) {
        lines.push_back(
            fmt::format("setsockopt(fd, {}, {}, &(int){{{}}}, sizeof(int));", level, name, value));
    };
    if (t.keepalive) {
        option("SOL_SOCKET", "SO_KEEPALIVE", 1);
        option("IPPROTO_TCP", "TCP_KEEPIDLE", seconds(t.idle));
        option("IPPROTO_TCP", "TCP_KEEPINTVL", seconds(t.interval));
        option("IPPROTO_TCP", "TCP_KEEPCNT", t.count);
    }
    if (t.user_timeout > 0ns)
        option("IPPROTO_TCP", "TCP_USER_TIMEOUT", milliseconds(t.user_timeout));
    return lines;
}

std::vector<Recipe> recipes(const SocketTimers& t) {
    if (!t.keepalive && t.user_timeout == 0ns)
        return {};
    return {nginx(t), redis(t), postgres(t), sshd(t), go(t), python(t)};
}

std::vector<Recipe> asking_recipes(Duration interval, Duration limit) {
    return {{"server",
             {},
             fmt::format("send a ping every {}; close when no answer came for {}. The worker must "
                         "answer, not a thread beside it",
                         plain(interval), plain(limit))},
            {"nginx", {}, "it asks no client; behind it, a WebSocket program sends its own pings"},
            {"redis",
             {},
             "it asks no client, and `timeout` closes idle clients, well or not; a client library may PING"},
            {"postgres",
             {},
             "it asks no client; client_connection_check_interval only hears a goodbye while a query runs"},
            {"sshd", client_alive(limit), say_client_alive(limit)},
            {"Go", {}, "WebSocket: write a ping by a time.Ticker, and SetReadDeadline anew at every pong"},
            {"Python",
             {fmt::format("websockets.serve(..., ping_interval={:g}, ping_timeout={:g})",
                          std::chrono::duration<double>(interval).count(),
                          std::chrono::duration<double>(limit - interval).count())},
             "the library's own pings; in another protocol, a ping of yours"}};
}

} // namespace halfopen
