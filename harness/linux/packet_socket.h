#pragma once
// Packet sockets: what passes a link, seen by a third party (packet(7)).

#include <string>

#include "harness/linux/fd.h"

namespace halfopen {

/// One that sees nothing yet. A packet is a frame, from its Ethernet header on.
Fd packet_socket();

/// From now on it sees what passes that link of the current network namespace, in both directions.
void watch_link(const Fd& packet_socket, const std::string& link);

} // namespace halfopen
