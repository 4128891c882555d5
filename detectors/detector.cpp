#include "detectors/detector.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include <fmt/format.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

template <typename Call> std::optional<Endpoint> ask(Call call, int fd) {
    sockaddr_in kernel{};
    socklen_t size = sizeof kernel;
    if (call(fd, reinterpret_cast<sockaddr*>(&kernel), &size) != 0)
        return std::nullopt;
    Endpoint end{{}, ntohs(kernel.sin_port)};
    std::memcpy(end.address.bytes.data(), &kernel.sin_addr, end.address.bytes.size());
    return end;
}

} // namespace

std::optional<Ends> Connection::ends() const {
    const auto server = ask(getsockname, fd()), client = ask(getpeername, fd());
    if (!server || !client)
        return std::nullopt;
    return Ends{*server, *client};
}

std::string_view family_name(const Description& about) {
    if (about.folklore)
        return "folklore";
    switch (about.family) {
    case MethodFamily::waiting: return "reading and waiting";
    case MethodFamily::writing: return "writing";
    case MethodFamily::timers: return "the kernel's own timers";
    case MethodFamily::outside: return "from outside the socket";
    case MethodFamily::protocol: return "the application's protocol";
    }
    return "";
}

void Out::gone(std::string_view call, int error_number) {
    gone(fmt::format("{}: {}", call, errno_name(error_number)));
}

} // namespace halfopen
