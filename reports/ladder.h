#pragma once
// A packet ladder: who sent what to whom, time downward, with the fault, the silence and the notice between.

#include <string>
#include <vector>

#include "harness/trial/record.h"

namespace halfopen {

/// The three columns of a ladder, from left to right.
enum class Lane { client, router, server };

/// One row of a ladder.
struct Rung {
    enum class Kind {
        packet,
        event,    ///< of all three: the fault, the end of the watch, the predicted window
        notice,   ///< what the detector at the server said
        silence,  ///< no packet for a while; drawn shorter than it was
        left_out, ///< packets that there is no room for
    };
    Kind kind = Kind::packet;
    Duration at{0}; ///< from the fault; of a packet, when its sender sent it
    std::string text; ///< of a packet: flags, sequence number and length, "P. seq 65 len 64"
    std::string name; ///< of a packet that a timer sent: "keepalive probe 2"
    Lane from = Lane::client, to = Lane::server;
    bool lost = false; ///< a packet that went no further than `to`
    Duration on_its_way{0}; ///< where it was long
    bool is_fault = false;
};

struct Ladder {
    std::string title; ///< "silent-drop x keepalive:idle=60s (idle traffic)"
    std::vector<Rung> rungs;
    std::vector<std::string> steps; ///< the rule, timer by timer
    int lost = 0;                   ///< packets that were not captured
};

/// From a trial with a capture. At most so many packets are drawn: the first ones, the last ones, and those around the fault.
Ladder ladder_of(const TrialLine&, size_t most_packets = 40);

/// 80 columns of ASCII, one line for each rung.
std::string ladder_text(const Ladder&);
/// The same in so many columns, as lines without their newlines: the heading, each rung, and what was not captured.
std::vector<std::string> ladder_lines(const Ladder&, size_t width);
inline constexpr size_t narrowest_ladder = 50;
/// A sentence for each rung, for whoever hears it read aloud.
std::vector<std::string> ladder_sentences(const Ladder&);
/// The same for Mermaid, where it is short enough for the limits of those who draw it; empty where it is not.
std::string ladder_mermaid(const Ladder&);
/// A picture on a card of its own colour. In a page that has our custom properties it takes that page's colours.
std::string ladder_svg(const Ladder&, bool dark);

/// What the signs mean.
extern const char* const how_to_read_a_ladder;

} // namespace halfopen
