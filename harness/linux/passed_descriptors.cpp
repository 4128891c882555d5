#include "harness/linux/passed_descriptors.h"

#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

/// Room for the control message, aligned as its header is.
union Control {
    cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * most_passed_descriptors)];
};

} // namespace

void send_with_descriptors(const Fd& socket, const void* bytes, size_t size, std::span<const int> descriptors) {
    if (descriptors.size() > most_passed_descriptors) throw SystemError("passing descriptors", E2BIG);
    iovec text{const_cast<void*>(bytes), size};
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    Control control{};
    if (!descriptors.empty()) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
    }
    check(sendmsg(socket.get(), &message, MSG_NOSIGNAL), "passing {} descriptors", descriptors.size());
}

size_t receive_with_descriptors(const Fd& socket, void* bytes, size_t size, std::vector<Fd>& descriptors) {
    iovec text{bytes, size};
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    Control control{};
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    const auto received = check(recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC), "receiving descriptors");
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int passed[most_passed_descriptors];
        const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        std::memcpy(passed, CMSG_DATA(header), count * sizeof(int));
        for (size_t i = 0; i < count; ++i) descriptors.emplace_back(passed[i]);
    }
    return static_cast<size_t>(received);
}

} // namespace halfopen
