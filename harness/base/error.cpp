#include "harness/base/error.h"

#include <cstring>

namespace halfopen {

SystemError::SystemError(const std::string& doing, int number)
    : Error(Exit::incomplete, fmt::format("{}: {} ({})", doing, strerror(number), errno_name(number))),
      error_number(number) {}

std::string signal_name(int number) {
    const char* name = sigabbrev_np(number);
    return name ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

std::string errno_name(int error_number) {
    const char* name = strerrorname_np(error_number);
    return name ? name : fmt::format("errno {}", error_number);
}

} // namespace halfopen
