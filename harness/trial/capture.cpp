#include "harness/trial/capture.h"

#include <algorithm>

#include <ctime>

#include "harness/base/packet.h"

namespace halfopen {

namespace {

PacketRing ring_at(const NetNamespace& host) {
    host.enter();
    return PacketRing("eth0");
}

Duration utc_clock() {
    timespec t{};
    clock_gettime(CLOCK_REALTIME, &t);
    return std::chrono::seconds{t.tv_sec} + Duration{t.tv_nsec};
}

/// What the clock of the day shows more than ours. Of some readings the one that was disturbed least.
Duration utc_ahead() {
    Duration ahead{0}, narrowest = Duration::max();
    for (int i = 0; i < 5; ++i) {
        const Instant before = MonotonicClock::now();
        const Duration utc = utc_clock();
        const Instant after = MonotonicClock::now();
        if (after - before >= narrowest) continue;
        narrowest = after - before;
        ahead = utc - (before + narrowest / 2).time_since_epoch();
    }
    return ahead;
}

bool belongs_to_trial(const CapturedFrame& frame) {
    const auto packet = read_ethernet(frame.bytes);
    return packet && packet->kind != Packet::Kind::other && packet->source_port != canary_port &&
           packet->destination_port != canary_port;
}

} // namespace

LinkCapture::LinkCapture(const Topology& topology) : client_(ring_at(topology.client)), server_(ring_at(topology.server)) {}

Capture LinkCapture::take(Instant fault, Instant until) {
    const Duration ahead = utc_ahead();
    Capture capture;
    capture.fault_utc = fault.time_since_epoch() + ahead;
    const auto add = [&](PacketRing& ring, Tap tap) {
        for (CapturedFrame& frame : ring.take())
            if (belongs_to_trial(frame) && frame.utc - ahead <= until.time_since_epoch())
                capture.packets.push_back({frame.utc - capture.fault_utc, tap, frame.outgoing, frame.length, std::move(frame.bytes)});
        capture.lost += ring.lost();
    };
    add(client_, Tap::client);
    add(server_, Tap::server);
    std::stable_sort(capture.packets.begin(), capture.packets.end(),
                     [](const CapturedPacket& a, const CapturedPacket& b) { return a.after_fault < b.after_fault; });
    return capture;
}

} // namespace halfopen
