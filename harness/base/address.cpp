#include "harness/base/address.h"

#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace halfopen {

in_addr Ipv4::to_kernel() const {
    in_addr kernel{};
    std::memcpy(&kernel, bytes.data(), bytes.size());
    return kernel;
}

std::string to_string(Ipv4 a) { return fmt::format("{}.{}.{}.{}", a.bytes[0], a.bytes[1], a.bytes[2], a.bytes[3]); }

std::string to_string(const Endpoint& e) { return fmt::format("{}:{}", to_string(e.address), e.port); }

sockaddr_in Endpoint::to_kernel() const {
    sockaddr_in kernel{};
    kernel.sin_family = AF_INET;
    kernel.sin_port = htons(port);
    kernel.sin_addr = address.to_kernel();
    return kernel;
}

} // namespace halfopen
