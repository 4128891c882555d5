#include "harness/trial/kernel_facts.h"

#include <cctype>

namespace halfopen {

namespace {

void learn(KernelFacts& facts, const std::string& name, const std::string& value) {
    if (value.empty() || !std::isdigit(static_cast<unsigned char>(value.front()))) return;
    const long long n = std::stoll(value);
    if (name == "net.ipv4.tcp_keepalive_time") facts.keepalive_time = std::chrono::seconds{n};
    if (name == "net.ipv4.tcp_keepalive_intvl") facts.keepalive_intvl = std::chrono::seconds{n};
    if (name == "net.ipv4.tcp_keepalive_probes") facts.keepalive_probes = static_cast<int>(n);
    if (name == "net.ipv4.tcp_retries2") facts.retries2 = static_cast<int>(n);
    if (name == "net.ipv4.tcp_rto_min_us") facts.rto_min = std::chrono::microseconds{n};
    if (name == "net.ipv4.tcp_rto_max_ms") facts.rto_max = std::chrono::milliseconds{n};
    if (name == "net.ipv4.tcp_early_retrans") facts.tail_loss_probe = n == 3 || n == 4;
}

} // namespace

KernelFacts kernel_facts(const std::vector<std::pair<std::string, std::optional<std::string>>>& sysctl, int hz) {
    KernelFacts facts;
    facts.hz = hz;
    for (const auto& [name, value] : sysctl)
        if (value) learn(facts, name, *value);
    return facts;
}

KernelFacts kernel_for(const Detector& detector, KernelFacts facts) {
    for (const auto& [name, value] : detector.kernel_parameters()) learn(facts, name, value);
    return facts;
}

} // namespace halfopen
