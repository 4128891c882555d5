#pragma once
// The seven traffic profiles: what the connection carries besides the failure.

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/time.h"

namespace halfopen {

enum class Traffic { idle, receiving, one_write, in_flight, sending, request_response, buffer_full };

inline constexpr int traffic_count = 7;

struct TrafficInfo {
    std::string_view name;    ///< as on the command line
    std::string_view summary; ///< exactly what happens, one sentence
    bool server_writes;       ///< the server has something to write at some time
    Duration client_interval; ///< how often the client writes; zero when it does not
    Duration server_interval; ///< how often the server writes by itself; zero when it does not
};

const TrafficInfo& info(Traffic);
std::optional<Traffic> parse_traffic(std::string_view);
std::string all_traffic();

/// When the single write of `one-write` happens, after the fault.
inline constexpr Duration one_write_after_fault = std::chrono::milliseconds{10};

} // namespace halfopen
