#pragma once
// Servers for the tests of `try`: Debian's, unpacked by tests/support/servers and never installed, and three of ours
// in Python. Each function writes what the server needs into a folder and gives the command that runs it in the
// foreground, with what a client says to it to get an answer. None of them hangs up on a client by itself.

#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include "support/catch.h"

namespace halfopen::testing {

using Words = std::vector<std::string>;

inline Words operator+(Words left, const Words& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// Where and as whom a server will run.
struct Place {
    std::filesystem::path folder; ///< of the test; may be shared by servers of different kinds
    int port = 0;
    /// Whom the command runs as at first. Started by root, servers that refuse to be root, or would need users that
    /// this machine does not have, become user 65534.
    uid_t uid = geteuid();
};

struct Server {
    std::string name;
    Words argv;
    std::string hello;  ///< bytes of the client; afterwards it may rest for hours
    std::string answer; ///< what the server's answer begins with
};

/// Why Debian's servers cannot be run here; empty when they can.
std::string why_no_servers();

/// $HALFOPEN_SERVERS, or build/servers in the source tree.
std::filesystem::path servers_folder();

/// `env LD_LIBRARY_PATH=... PROGRAM`, for "usr/bin/redis-server" and the like.
Words unpacked(const std::string& program);

/// The hello as text without control characters: C's escapes, \x00 too.
std::string escaped(const std::string& bytes);

Server redis(const Place& place, const Words& options = {"--tcp-keepalive", "2"});
/// `listen` are further words of the directive of that name.
Server nginx(const Place& place, const std::string& listen = "so_keepalive=2:1:3");
/// `lines` of sshd_config(5). The hello does not log in, and ClientAliveInterval asks nothing of a client that has not.
Server sshd(const Place& place, const Words& lines = {"TCPKeepAlive yes"});
/// `settings` NAME=value. The hello logs in: a client that does not is thrown out after a minute. For the first 50 ms
/// after listen() it answers 'E', "starting up", and closes. SIGTERM waits for its clients; SIGINT does not.
Server postgres(const Place& place, const Words& settings = {"tcp_keepalives_idle=2", "tcp_keepalives_interval=1",
                                                             "tcp_keepalives_count=3"});
/// tests/servers/NAME.py.
Server in_python(const std::string& name, const Place& place, const std::string& listen = "0.0.0.0");

/// Clients for the whole protocol, which log in at that address and rest: to be run by the same user as the server
/// of the same place, which must have been made before.
Words ssh_session(const Place& place, const std::string& address);
Words psql_session(const Place& place, const std::string& address);

/// Debian's own Python before any other on the PATH, which another user may not be able to run.
std::string python();

} // namespace halfopen::testing

#define NEEDS_SERVERS                                                                                                  \
    if (const std::string why = halfopen::testing::why_no_servers(); !why.empty()) HALFOPEN_SKIP(why)
