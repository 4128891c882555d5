#include "harness/linux/conntrack.h"

#include <algorithm>
#include <cstring>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

/// A message that names no connection means all of them.
struct All {
    nlmsghdr header{};
    nfgenmsg generic{};
};

std::vector<char> message_about_all(int what, int flags) {
    All message;
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = static_cast<uint16_t>((NFNL_SUBSYS_CTNETLINK << 8) | what);
    message.header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
    message.generic.nfgen_family = AF_INET;
    std::vector<char> bytes(sizeof message);
    std::memcpy(bytes.data(), &message, sizeof message);
    return bytes;
}

/// The attribute of that type among those from `at` on; nothing when it is not there.
const nlattr* find(const char* at, size_t left, int type) {
    while (left >= sizeof(nlattr)) {
        const auto* attribute = reinterpret_cast<const nlattr*>(at);
        if (attribute->nla_len < sizeof(nlattr) || attribute->nla_len > left) return nullptr;
        if ((attribute->nla_type & NLA_TYPE_MASK) == type) return attribute;
        const size_t step = std::min<size_t>(NLA_ALIGN(attribute->nla_len), left);
        at += step;
        left -= step;
    }
    return nullptr;
}

const nlattr* find_within(const nlattr* outer, int type) {
    return outer ? find(reinterpret_cast<const char*>(outer) + NLA_HDRLEN, outer->nla_len - NLA_HDRLEN, type) : nullptr;
}

bool is_tcp(const nlmsghdr* m) {
    constexpr size_t head = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(nfgenmsg));
    if (m->nlmsg_len < head) return false;
    const nlattr* origin = find(reinterpret_cast<const char*>(m) + head, m->nlmsg_len - head, CTA_TUPLE_ORIG);
    const nlattr* number = find_within(find_within(origin, CTA_TUPLE_PROTO), CTA_PROTO_NUM);
    return number && reinterpret_cast<const char*>(number)[NLA_HDRLEN] == IPPROTO_TCP;
}

} // namespace

ConntrackTable::ConntrackTable()
    : socket_(check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), "opening a conntrack netlink socket")),
      flush_(message_about_all(IPCTNL_MSG_CT_DELETE, NLM_F_ACK)), list_(message_about_all(IPCTNL_MSG_CT_GET, NLM_F_DUMP)) {}

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

int ConntrackTable::count() {
    check(send(socket_.get(), list_.data(), list_.size(), 0), "asking for the known connections");
    alignas(nlmsghdr) char answer[32768];
    for (int entries = 0;;) {
        auto left = static_cast<int>(check(recv(socket_.get(), answer, sizeof answer, 0), "reading the known connections"));
        for (auto* m = reinterpret_cast<nlmsghdr*>(answer); NLMSG_OK(m, static_cast<unsigned>(left)); m = NLMSG_NEXT(m, left)) {
            if (m->nlmsg_type == NLMSG_DONE) return entries;
            if (m->nlmsg_type == NLMSG_ERROR) throw Error(Exit::incomplete, "reading the known connections: refused");
            entries += is_tcp(m);
        }
    }
}

} // namespace halfopen
