#pragma once
// What a person types who plays the client.

#include <string>

#include <fmt/format.h>

#include "harness/lab/lab.h"

namespace halfopen::faults {

/// The client program of the by-hand commands: connects, proves life, waits for Enter, fails, and stays.
inline std::string python_client(const std::string& failing) {
    return fmt::format(R"(ip netns exec $CLIENT python3 -c '
import os, socket, struct, sys, time
s = socket.create_connection(("{}", {}))
s.sendall(b"hello")
sys.stdin.readline()
{}
time.sleep(3600)')",
                       to_string(server_address), server_port, failing);
}

/// The server program of the by-hand commands: takes one client, hears its first word, waits for Enter, does it, and stays.
inline std::string python_server(const std::string& doing) {
    return fmt::format(R"(ip netns exec $SERVER python3 -c '
import socket, sys, time
listener = socket.create_server(("{}", {}))
s, client = listener.accept()
s.recv(100)
sys.stdin.readline()
{}
time.sleep(3600)')",
                       to_string(server_address), server_port, doing);
}

} // namespace halfopen::faults
