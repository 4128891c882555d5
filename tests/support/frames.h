#pragma once
// Frames as they cross a link, made by hand.

#include <string>

#include "harness/trial/captured.h"

namespace halfopen::testing {

/// A TCP segment between the client (192.0.2.10:40000) and the server (198.51.100.10:5000).
struct TcpFrame {
    bool by_client = true;
    uint32_t sequence = 0, acknowledged = 0;
    uint8_t flags = 0;
    uint16_t data = 0, window = 500, ip_id = 0;
    std::string bytes() const;
};

/// It leaves one host and is seen at the other a moment later; or is not, when it is lost.
void pass(Capture&, Duration at, const TcpFrame&, bool arrives = true);

/// A connection of which nothing is heard any more after a message of 64 bytes: `probes` keepalive probes and a RST at the end.
Capture silence_with_probes(int probes);

} // namespace halfopen::testing
