#include "harness/base/traffic.h"

#include "harness/base/names.h"

namespace halfopen {

namespace {
using namespace std::chrono_literals;
constexpr std::array<TrafficInfo, traffic_count> profiles{{
    {"idle", "no byte after the proof of life", false, 0ns, 0ns},
    {"receiving", "the client writes 100 bytes every 100 ms; the server only reads", false, 100ms, 0ns},
    {"one-write", "the server writes 100 bytes 10 ms after the fault, once", true, 0ns, 0ns},
    {"in-flight", "the server writes 100 bytes less than 1 ms before the fault, unacknowledged at the fault", true,
     0ns, 0ns},
    {"sending", "the server writes 100 bytes every 100 ms, before and after the fault", true, 0ns, 100ms},
    {"request-response", "the client asks every 200 ms, the server answers 100 bytes", true, 200ms, 0ns},
    {"buffer-full", "the client stops reading; the server fills its buffer once, without blocking, and waits", true,
     0ns, 0ns},
}};
} // namespace

const TrafficInfo& info(Traffic t) { return profiles[static_cast<size_t>(t)]; }

std::optional<Traffic> parse_traffic(std::string_view word) {
    for (size_t i = 0; i < profiles.size(); ++i)
        if (profiles[i].name == word) return static_cast<Traffic>(i);
    return std::nullopt;
}

std::string all_traffic() {
    std::string all;
    for (const TrafficInfo& profile : profiles) all += (all.empty() ? "" : ", ") + std::string(profile.name);
    return all;
}

} // namespace halfopen
