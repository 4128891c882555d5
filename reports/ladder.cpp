#include "reports/ladder.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "harness/base/lab_addresses.h"
#include "harness/base/packet.h"
#include "reports/text.h"

namespace halfopen {

using namespace std::chrono_literals;

const char* const how_to_read_a_ladder =
    "Time runs downward, in seconds from the fault, by the kernel's own stamps; an arrow is a packet at the moment when its sender "
    "sent it, `X` where it was lost. Flags as tcpdump spells them: `S` SYN, `F` FIN, `R` RST, `P` PSH, `.` ACK; sequence numbers count "
    "from the connection's first. What is sent again is called a retransmission, also where it is the kernel's tail loss probe, which "
    "comes first and which the kernel does not count (RFC 8985, 7). Long silences are drawn short, and say how long they were.";

namespace {

/// Whatever is sent to it ends there.
bool is_routers(Ipv4 address) { return address == router_client_side || address == router_server_side; }

/// A packet that was sent, and where it was seen again.
struct Passing {
    Packet packet;
    Tap tap = Tap::client;
    Duration at{0};
    bool sent = true; ///< by the host at that tap; else it came from the router
    std::optional<Duration> arrived;
};

/// Packets that are the same on both links look so; a router that translates addresses changes neither of these.
using Likeness = std::tuple<Packet::Kind, uint16_t, uint32_t, uint32_t, uint8_t>;

Likeness likeness(const Packet& p) { return {p.kind, p.ip_id, p.ip_length, p.sequence, p.flags}; }

/// Each packet once: what left one host and came to the other is one.
std::vector<Passing> passings(const Capture& capture) {
    std::vector<Passing> all;
    std::map<std::pair<Tap, Likeness>, std::deque<size_t>> under_way; // by the tap where it was sent
    for (const CapturedPacket& seen : capture.packets) {
        const auto packet = read_ethernet(seen.bytes);
        if (!packet) continue;
        if (seen.outgoing) {
            if (packet->kind != Packet::Kind::arp) under_way[{seen.tap, likeness(*packet)}].push_back(all.size());
            all.push_back({*packet, seen.tap, seen.after_fault, true, {}});
            continue;
        }
        auto& sent = under_way[{seen.tap == Tap::client ? Tap::server : Tap::client, likeness(*packet)}];
        if (sent.empty()) {
            all.push_back({*packet, seen.tap, seen.after_fault, false, {}});
            continue;
        }
        all[sent.front()].arrived = seen.after_fault;
        sent.pop_front();
    }
    return all;
}

std::string flags_of(const Packet& p) {
    static constexpr std::array<std::pair<uint8_t, char>, 6> signs{{{tcp_flag::syn, 'S'}, {tcp_flag::fin, 'F'}, {tcp_flag::rst, 'R'},
                                                                    {tcp_flag::psh, 'P'}, {tcp_flag::urg, 'U'}, {tcp_flag::ack, '.'}}};
    std::string text;
    for (const auto& [flag, sign] : signs)
        if (p.has(flag)) text += sign;
    return text;
}

/// What one end has sent so far.
struct Direction {
    std::optional<uint32_t> first;
    uint32_t next = 0, acknowledged = 0, window = 1;
    int repeats = 0, probes = 0;
};

/// Follows the connections, and so knows which segment is a probe and which a repetition.
class Follower {
public:
    void describe(const Passing& passing, Rung& rung) {
        const Packet& p = passing.packet;
        switch (p.kind) {
        case Packet::Kind::tcp: return describe_segment(passing, rung);
        case Packet::Kind::udp: rung.text = fmt::format("UDP len {}", p.data); return;
        case Packet::Kind::icmp: rung.text = icmp(p); return;
        case Packet::Kind::arp:
            rung.text = p.arp_is_request ? fmt::format("ARP who has {}", to_string(p.destination)) : fmt::format("ARP {} is here", to_string(p.source));
            return;
        case Packet::Kind::other: rung.text = "IP"; return;
        }
    }

private:
    static std::string icmp(const Packet& p) {
        switch (p.icmp_type) {
        case 0: return "ICMP echo reply";
        case 3: return fmt::format("ICMP unreachable, code {}", p.icmp_code);
        case 8: return "ICMP echo request";
        case 11: return "ICMP time exceeded";
        default: return fmt::format("ICMP type {}", p.icmp_type);
        }
    }

    void describe_segment(const Passing& passing, Rung& rung) {
        const Packet& p = passing.packet;
        const bool by_client = passing.sent == (passing.tap == Tap::client);
        const uint16_t client_port = by_client ? p.source_port : p.destination_port;
        Direction& ours = directions_[{client_port, by_client}];
        Direction& theirs = directions_[{client_port, !by_client}];
        const uint32_t takes = p.data + (p.has(tcp_flag::syn) ? 1 : 0) + (p.has(tcp_flag::fin) ? 1 : 0);
        if (!ours.first) ours.first = ours.next = p.sequence;
        rung.text = fmt::format("{} seq {} len {}", flags_of(p), static_cast<int32_t>(p.sequence - *ours.first), p.data);
        if (!p.has(tcp_flag::rst)) rung.name = name_of(p, ours, theirs, takes);
        if (const uint32_t end = p.sequence + takes; static_cast<int32_t>(end - ours.next) > 0) {
            ours.next = end;
            ours.repeats = 0;
        }
        if (!p.has(tcp_flag::syn)) ours.window = p.window;
        if (passing.sent && !passing.arrived) return; // The other end knows nothing of it.
        theirs.probes = 0;
        if (p.has(tcp_flag::ack) && std::exchange(theirs.acknowledged, p.acknowledged) != p.acknowledged) theirs.repeats = 0;
    }

    /// A probe is one byte behind what is to come, and empty (net/ipv4/tcp_output.c: tcp_xmit_probe_skb()).
    static std::string name_of(const Packet& p, Direction& ours, const Direction& theirs, uint32_t takes) {
        if (takes == 0 && p.sequence + 1 == ours.next && !p.has(tcp_flag::fin))
            return fmt::format("{} probe {}", theirs.window == 0 ? "window" : "keepalive", ++ours.probes);
        const bool is_old = takes > 0 && static_cast<int32_t>(p.sequence + takes - ours.next) <= 0 && p.sequence != ours.next;
        return is_old ? fmt::format("retransmission {}", ++ours.repeats) : "";
    }

    std::map<std::pair<uint16_t, bool>, Direction> directions_; ///< by the client's port, and whether the client sends
};

/// The longest way that a packet took; what was sent later than that before the end may still be under way.
Duration slowest_way(const std::vector<Passing>& all) {
    Duration slowest{0};
    for (const Passing& passing : all)
        if (passing.arrived) slowest = std::max(slowest, *passing.arrived - passing.at);
    return slowest;
}

Rung rung_of(const Passing& passing, Follower& follower, Duration may_be_under_way_from) {
    const Lane here = passing.tap == Tap::client ? Lane::client : Lane::server;
    const Lane there = passing.tap == Tap::client ? Lane::server : Lane::client;
    Rung rung;
    rung.at = passing.at;
    rung.from = passing.sent ? here : Lane::router;
    rung.to = passing.sent ? (passing.arrived ? there : Lane::router) : here;
    const bool ends_at_router = passing.packet.kind == Packet::Kind::arp || is_routers(passing.packet.destination);
    const bool is_under_way = passing.at > may_be_under_way_from;
    rung.lost = passing.sent && !passing.arrived && !ends_at_router && !is_under_way;
    if (passing.arrived && *passing.arrived - passing.at > 1ms) rung.on_its_way = *passing.arrived - passing.at;
    follower.describe(passing, rung);
    if (passing.sent && !passing.arrived && !ends_at_router && is_under_way && rung.name.empty()) rung.name = "still under way";
    return rung;
}

Rung event(Duration at, std::string text) {
    Rung rung;
    rung.kind = Rung::Kind::event;
    rung.at = at;
    rung.text = std::move(text);
    return rung;
}

/// What is no packet: the fault, the predicted window, opinions, the notice, or the end of the watch.
std::vector<Rung> events_of(const TrialLine& trial) {
    std::vector<Rung> events;
    events.push_back(event(0ns, fmt::format("fault: {}", trial.scenario == "healthy" ? "none, this client stays healthy" : trial.scenario)));
    events.back().is_fault = true;
    if (trial.situation.heals_after) events.push_back(event(*trial.situation.heals_after, "the fault is healed"));
    const Duration end = trial.noticed_after.value_or(trial.horizon);
    if (const auto& window = trial.predicted.after; window && window->from >= 0ns && window->from <= end)
        events.push_back(event(window->from, fmt::format("predicted: {} after the fault", time_range(*window))));
    for (const Opinion& opinion : trial.opinions) {
        events.push_back(event(opinion.after_fault, opinion.suspects ? "the client is suspected" : "the suspicion is taken back"));
        events.back().kind = Rung::Kind::notice;
    }
    if (trial.noticed_after) {
        events.push_back(event(*trial.noticed_after, fmt::format("{}: {}", trial.signal, trial.verdict == Verdict::eof ? "the end of what it sends" : "gone")));
        events.back().kind = Rung::Kind::notice;
    } else {
        events.push_back(event(trial.horizon, fmt::format("the watch ends: nothing was said in {}", short_time(trial.horizon))));
    }
    return events;
}

/// True for packets that are drawn when there are more than so many: the first ones, the last ones, and those around the fault.
std::vector<bool> chosen(const std::vector<Rung>& packets, size_t most) {
    std::vector<bool> keep(packets.size(), packets.size() <= most);
    if (packets.size() <= most) return keep;
    const auto first_after = static_cast<size_t>(
        std::find_if(packets.begin(), packets.end(), [](const Rung& r) { return r.at >= 0ns; }) - packets.begin());
    const size_t part = most / 8;
    const auto take = [&](size_t from, size_t to) {
        for (size_t i = from; i < std::min(to, packets.size()); ++i) keep[i] = true;
    };
    take(0, part);
    take(first_after > 2 * part ? first_after - 2 * part : 0, first_after + 3 * part);
    take(packets.size() - 2 * part, packets.size());
    return keep;
}

void push_silence(std::vector<Rung>& rungs, Duration from, Duration to) {
    constexpr Duration short_enough = 500ms;
    if (to - from < short_enough) return;
    Rung rung = event(from, fmt::format("{} of silence", say(to - from)));
    rung.kind = Rung::Kind::silence;
    rungs.push_back(rung);
}

std::vector<Rung> put_together(const std::vector<Rung>& packets, const std::vector<bool>& keep, const std::vector<Rung>& events) {
    std::vector<Rung> all = events;
    for (size_t i = 0; i < packets.size(); ++i) {
        all.push_back(packets[i]);
        if (!keep[i]) all.back().kind = Rung::Kind::left_out;
    }
    // What a packet brings is noticed after it, and a fault goes before what it sends.
    const auto rank = [](const Rung& r) { return r.is_fault ? 0 : r.kind == Rung::Kind::notice ? 2 : 1; };
    std::stable_sort(all.begin(), all.end(),
                     [&](const Rung& a, const Rung& b) { return std::pair(a.at, rank(a)) < std::pair(b.at, rank(b)); });
    std::vector<Rung> rungs;
    int left_out = 0;
    Duration since{0}; // Of those that are left out: when the last packet before them was there.
    for (size_t i = 0; i < all.size(); ++i) {
        const bool is_left_out = all[i].kind == Rung::Kind::left_out;
        if (left_out == 0) since = all[i > 0 ? i - 1 : 0].at;
        if (left_out == 0 && !is_left_out) push_silence(rungs, since, all[i].at);
        if (left_out > 0)
            rungs.back().text = fmt::format("{} left out here, within {}; the pcapng has all", counted(left_out, "packet"), say(all[i].at - since));
        left_out = is_left_out ? left_out + 1 : 0;
        if (left_out > 1) {
            rungs.back().at = all[i].at;
            continue;
        }
        rungs.push_back(all[i]);
    }
    return rungs;
}

} // namespace

Ladder ladder_of(const TrialLine& trial, size_t most_packets) {
    Ladder ladder;
    ladder.title = fmt::format("{} x {} ({} traffic)", trial.scenario, trial.spec, trial.traffic);
    if (!trial.capture) return ladder;
    ladder.steps = trial.predicted.steps;
    ladder.lost = trial.capture->lost;
    Follower follower;
    std::vector<Rung> packets;
    const std::vector<Passing> all = passings(*trial.capture);
    const Duration way = slowest_way(all), end = trial.noticed_after.value_or(trial.horizon);
    for (const Passing& passing : all) packets.push_back(rung_of(passing, follower, way > 1ms ? end - way : Duration::max()));
    ladder.rungs = put_together(packets, chosen(packets, most_packets), events_of(trial));
    // Where there was no room for packets, nobody knows of a silence.
    if (ladder.lost && !packets.empty())
        for (Rung& rung : ladder.rungs)
            if (rung.kind == Rung::Kind::silence && rung.at >= packets.back().at) {
                rung.kind = Rung::Kind::left_out;
                rung.text = counted(ladder.lost, "packet") + " passed that there was no room for";
            }
    return ladder;
}

} // namespace halfopen
