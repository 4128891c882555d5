#include "support/frames.h"

#include "harness/base/packet.h"

namespace halfopen::testing {

using namespace std::chrono_literals;

namespace {

void put(std::string& to, uint32_t number, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) to += static_cast<char>(number >> (8 * i));
}

constexpr uint32_t client_ip = 0xC000020A, server_ip = 0xC633640A;

} // namespace

std::string TcpFrame::bytes() const {
    std::string frame(12, '\x02');
    put(frame, 0x0800, 2);
    put(frame, 0x4500, 2);
    put(frame, 40U + data, 2);
    put(frame, ip_id, 2);
    put(frame, 0x4000, 2);
    put(frame, 0x4006, 2);
    put(frame, 0, 2); // No checksum, as where the network card would make it.
    put(frame, by_client ? client_ip : server_ip, 4);
    put(frame, by_client ? server_ip : client_ip, 4);
    put(frame, by_client ? 40000 : 5000, 2);
    put(frame, by_client ? 5000 : 40000, 2);
    put(frame, sequence, 4);
    put(frame, acknowledged, 4);
    put(frame, 0x50, 1);
    put(frame, flags, 1);
    put(frame, window, 2);
    put(frame, 0, 4);
    return frame + std::string(data, 'x');
}

void pass(Capture& capture, Duration at, const TcpFrame& frame, bool arrives) {
    const std::string bytes = frame.bytes();
    const Tap sender = frame.by_client ? Tap::client : Tap::server, receiver = frame.by_client ? Tap::server : Tap::client;
    capture.packets.push_back({at, sender, true, static_cast<uint32_t>(bytes.size()), bytes});
    if (arrives) capture.packets.push_back({at + 12us, receiver, false, static_cast<uint32_t>(bytes.size()), bytes});
}

Capture silence_with_probes(int probes) {
    using namespace tcp_flag;
    Capture capture;
    capture.fault_utc = 1767225600s;
    pass(capture, -30ms, {true, 1000, 0, syn, 0, 500, 1});
    pass(capture, -29900us, {false, 7000, 1001, syn | ack, 0, 500, 0});
    pass(capture, -29800us, {true, 1001, 7001, ack, 0, 500, 2});
    pass(capture, -10ms, {true, 1001, 7001, psh | ack, 64, 500, 3});
    pass(capture, -9900us, {false, 7001, 1065, ack, 0, 500, 100});
    for (int i = 0; i < probes; ++i) pass(capture, 60s + i * 5s, {false, 7000, 1065, ack, 0, 500, static_cast<uint16_t>(101 + i)}, false);
    pass(capture, 60s + probes * 5s, {false, 7001, 1065, rst | ack, 0, 500, 200}, false);
    return capture;
}

} // namespace halfopen::testing
