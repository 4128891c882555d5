#pragma once
// Kernel parameters of the network namespace that the calling thread is in: /proc/sys/net shows the caller's own.

#include <optional>
#include <string>

namespace halfopen {

/// The value of "net.ipv4.tcp_retries2", blanks and tabs between numbers as one blank; nothing when this kernel,
/// or this namespace, has no such parameter.
std::optional<std::string> read_sysctl(const std::string& name);

/// Sets it; SystemError names it and the value.
void write_sysctl(const std::string& name, const std::string& value);

} // namespace halfopen
