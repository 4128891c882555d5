#include "harness/linux/sysctl.h"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/fd.h"

namespace halfopen {

namespace {

std::string path_of(std::string name) {
    std::replace(name.begin(), name.end(), '.', '/');
    return "/proc/sys/" + name;
}

} // namespace

std::optional<std::string> read_sysctl(const std::string& name) {
    const Fd file{open(path_of(name).c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file) return std::nullopt;
    char text[256];
    const ssize_t n = read(file.get(), text, sizeof text);
    if (n < 0) return std::nullopt;
    std::string value(text, static_cast<size_t>(n));
    while (!value.empty() && value.back() == '\n') value.pop_back();
    std::replace(value.begin(), value.end(), '\t', ' ');
    return value;
}

void write_sysctl(const std::string& name, const std::string& value) {
    const Fd file{check(open(path_of(name).c_str(), O_WRONLY | O_CLOEXEC), "opening sysctl {}", name)};
    check(write(file.get(), value.data(), value.size()), "setting sysctl {} to \"{}\"", name, value);
}

} // namespace halfopen
