#include "harness/linux/conntrack.h"

#include <cstring>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

/// A deletion that names no connection means all of them.
struct Flush {
    nlmsghdr header{};
    nfgenmsg generic{};
};

std::vector<char> flush_message() {
    Flush message;
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_DELETE;
    message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    message.generic.nfgen_family = AF_UNSPEC;
    std::vector<char> bytes(sizeof message);
    std::memcpy(bytes.data(), &message, sizeof message);
    return bytes;
}

} // namespace

ConntrackTable::ConntrackTable()
    : socket_(check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), "opening a conntrack netlink socket")),
      flush_(flush_message()) {}

void ConntrackTable::forget_all() {
    check(send(socket_.get(), flush_.data(), flush_.size(), 0), "forgetting all connections");
    alignas(nlmsghdr) char answer[512];
    const ssize_t n = check(recv(socket_.get(), answer, sizeof answer, 0), "hearing whether all connections are forgotten");
    const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
    if (n < static_cast<ssize_t>(NLMSG_HDRLEN + sizeof(nlmsgerr)) || header->nlmsg_type != NLMSG_ERROR)
        throw Error(Exit::incomplete, "forgetting all connections: unexpected answer");
    const auto* error = static_cast<const nlmsgerr*>(NLMSG_DATA(header));
    if (error->error == -EINVAL || error->error == -EOPNOTSUPP)
        throw CannotHere("forgetting connections: this kernel has no ctnetlink (module nf_conntrack_netlink)");
    if (error->error != 0) throw SystemError("forgetting all connections", -error->error);
}

} // namespace halfopen
