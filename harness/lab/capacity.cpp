#include "harness/lab/capacity.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include <sys/resource.h>

#include <fmt/format.h>

#include "harness/lab/lab.h"
#include "harness/linux/sysctl.h"

namespace halfopen {

namespace {

// A world's three namespaces and two processes take some 1.5 MB; twice that is asked for.
constexpr long long bytes_per_world = 3'000'000;
constexpr long long unlimited = 1'000'000'000;

long long limit(int resource, bool hard) {
    rlimit64 limits{};
    getrlimit64(static_cast<__rlimit_resource>(resource), &limits);
    const auto value = hard ? limits.rlim_max : limits.rlim_cur;
    return value > static_cast<unsigned long long>(unlimited) ? unlimited : static_cast<long long>(value);
}

long long available_memory() {
    std::ifstream file("/proc/meminfo");
    for (std::string line; std::getline(file, line);)
        if (line.rfind("MemAvailable:", 0) == 0) return std::stoll(line.substr(13)) * 1024;
    return unlimited;
}

long long open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
}

long long number(const char* sysctl) {
    const auto value = read_sysctl(sysctl);
    return value ? std::stoll(*value) : unlimited;
}

} // namespace

Capacity measure_capacity() {
    const long long descriptors = limit(RLIMIT_NOFILE, true), memory = available_memory();
    const long long processes = std::min(limit(RLIMIT_NPROC, false), number("kernel.pid_max"));
    const long long namespaces = number("user.max_net_namespaces");
    const std::array<Capacity, 4> bounds{{
        {static_cast<int>((descriptors - open_descriptors() - 100) / descriptors_per_world), fmt::format("descriptors ({})", descriptors)},
        {static_cast<int>(std::min(memory, 1'000'000 * bytes_per_world) * 8 / 10 / bytes_per_world),
         fmt::format("memory ({:.1f} GiB available)", static_cast<double>(memory) / (1 << 30))},
        {static_cast<int>((processes - 500) / 3), fmt::format("processes ({})", processes)},
        {static_cast<int>((namespaces - 10) / 3), fmt::format("network namespaces ({})", namespaces)},
    }};
    Capacity least = *std::min_element(bounds.begin(), bounds.end(),
                                       [](const Capacity& a, const Capacity& b) { return a.worlds < b.worlds; });
    least.worlds = std::max(least.worlds, 1);
    return least;
}

void raise_descriptor_limit() {
    rlimit64 limits{};
    if (getrlimit64(RLIMIT_NOFILE, &limits) != 0) return;
    limits.rlim_cur = limits.rlim_max;
    setrlimit64(RLIMIT_NOFILE, &limits); // As far as it goes; the capacity is computed from what is there.
}

} // namespace halfopen
