#include <cstring>

#include <sys/socket.h>

#include "harness/base/error.h"
#include "harness/linux/diag_request.h"
#include "harness/linux/socket_table.h"

namespace halfopen {

SocketKiller::SocketKiller(Endpoint local, Endpoint remote)
    : socket_(check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), "opening a sock_diag socket")) {
    const DiagRequest order = diag_request(SOCK_DESTROY, NLM_F_ACK, local, remote);
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
