#pragma once
// What crossed the links of a trial's world, in records. It stands in lines of its own, before the trial's: a trial's line stays
// short, and a reader that knows no captures passes them by.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.h"

namespace halfopen {

/// Where a packet was seen: at the client's end of its cable to the router, or at the server's.
enum class Tap { client, server };

struct CapturedPacket {
    Duration after_fault{0}; ///< by the kernel's stamp; negative before the fault
    Tap tap = Tap::client;
    bool outgoing = false;   ///< it leaves the host where it is seen
    uint32_t length = 0;     ///< of the frame, in bytes
    std::string bytes;       ///< its beginning, from the Ethernet header on
    bool operator==(const CapturedPacket&) const = default;
};

struct Capture {
    Duration fault_utc{0}; ///< when the fault happened, since 1970
    int lost = 0;          ///< packets that there was no room for
    std::vector<CapturedPacket> packets; ///< in the order in which they passed
};

/// A part of what was captured of one attempt of a trial.
struct CaptureLine {
    std::string id;
    int attempt = 1;
    int number = 1; ///< of the part; the first one begins anew
    Capture part;
};

/// A whole capture in parts that fit a message between processes.
std::vector<CaptureLine> in_parts(const std::string& id, int attempt, const Capture&);

/// Puts a part behind those that came before it. A first part takes the place of what an interrupted run left.
void append(Capture& whole, CaptureLine);

/// "silent-drop.idle.keepalive-idle=60s.r1": a trial's id as the name of a file.
std::string file_name_of(std::string_view id);
/// Where a run with --capture puts the same packets as pcapng, in its folder.
std::string capture_file(std::string_view id);

} // namespace halfopen
