#pragma once
// What sock_diag(7) is asked about one TCP connection. Only for files that talk to it.

#include <cstring>

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "harness/base/address.h"

namespace halfopen {

struct DiagRequest {
    nlmsghdr header;
    inet_diag_req_v2 request;
};

/// `type` is SOCK_DIAG_BY_FAMILY or SOCK_DESTROY. The kernel looks the connection up by its addresses, in no time that
/// depends on how many there are (net/ipv4/inet_hashtables.c: __inet_lookup()).
inline DiagRequest diag_request(uint16_t type, uint16_t flags, Endpoint local, Endpoint remote) {
    DiagRequest ask{};
    ask.header = {sizeof ask, type, static_cast<uint16_t>(NLM_F_REQUEST | flags), 0, 0};
    ask.request.sdiag_family = AF_INET;
    ask.request.sdiag_protocol = IPPROTO_TCP;
    ask.request.idiag_states = ~0U;
    inet_diag_sockid& id = ask.request.id;
    id.idiag_sport = htons(local.port);
    id.idiag_dport = htons(remote.port);
    std::memcpy(id.idiag_src, local.address.bytes.data(), 4);
    std::memcpy(id.idiag_dst, remote.address.bytes.data(), 4);
    id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    return ask;
}

} // namespace halfopen
