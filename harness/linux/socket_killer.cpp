#include <cstring>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "harness/base/error.h"
#include "harness/linux/socket_table.h"

namespace halfopen {

SocketKiller::SocketKiller(Endpoint local, Endpoint remote)
    : socket_(check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), "opening a sock_diag socket")) {
    struct {
        nlmsghdr header;
        inet_diag_req_v2 request;
    } order{};
    order.header = {sizeof order, SOCK_DESTROY, NLM_F_REQUEST | NLM_F_ACK, 0, 0};
    order.request.sdiag_family = AF_INET;
    order.request.sdiag_protocol = IPPROTO_TCP;
    order.request.idiag_states = ~0U;
    inet_diag_sockid& id = order.request.id;
    id.idiag_sport = htons(local.port);
    id.idiag_dport = htons(remote.port);
    std::memcpy(id.idiag_src, local.address.bytes.data(), 4);
    std::memcpy(id.idiag_dst, remote.address.bytes.data(), 4);
    id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    message_.resize(sizeof order);
    std::memcpy(message_.data(), &order, sizeof order);
}

void SocketKiller::destroy() const {
    check(send(socket_.get(), message_.data(), message_.size(), 0), "destroying a socket");
    struct {
        nlmsghdr header;
        nlmsgerr result;
        char question[256];
    } answer{};
    check(recv(socket_.get(), &answer, sizeof answer, 0), "hearing whether a socket was destroyed");
    if (answer.result.error == -EOPNOTSUPP)
        throw CannotHere("this kernel cannot destroy sockets (CONFIG_INET_DIAG_DESTROY); run it with --lab virtual");
    if (answer.result.error != 0) throw SystemError("destroying a socket", -answer.result.error);
}

} // namespace halfopen
