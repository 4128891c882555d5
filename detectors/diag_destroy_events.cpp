// Folklore: the kernel announces every TCP socket that it destroys (sock_diag(7), SKNLGRP_INET_TCP_DESTROY; `ss -E`
// shows them), so whoever listens hears of connections that die.
//
// It announces sockets that it *frees*: the connection is over, and its program has called close(). A connection that
// was reset an hour ago is announced when the server gets round to closing it. For the server that wants to know
// whether to close, this is the echo of its own voice; for an auditor beside it, it is who closed what, and when.

#include <poll.h>
#include <sys/socket.h>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "harness/base/error.h"
#include "harness/linux/socket_table.h"

namespace halfopen {

namespace {

/// The kernel's own name for the socket, never used twice (net/core/sock_diag.c: sock_gen_cookie()).
uint64_t cookie_of(int fd) {
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    check(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size), "asking for SO_COOKIE");
    return cookie;
}

class DiagDestroyEvents : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation&) const override {
        return never("the kernel announces a socket when it frees it, and that waits for the server's own close() "
                     "(net/core/sock.c: __sk_free()), whatever has become of the client");
    }

    void watch(Connection& connection, Out& out) const override {
        const uint64_t own = cookie_of(connection.fd());
        const FreedSockets freed; // bound: an unbound one joins the group and hears nothing
        for (pollfd event{freed.fd(), POLLIN, 0};; poll(&event, 1, -1))
            while (const auto cookie = freed.next())
                if (*cookie == own)
                    return out.gone("sock_diag: destroyed");
    }
};

} // namespace

extern const Method diag_destroy_events_method;
const Method diag_destroy_events_method{
    {.name = "diag-destroy-events",
     .label = "sock_diag destroy events",
     .summary = "folklore: waits until the kernel announces, in the group SKNLGRP_INET_TCP_DESTROY, that it has "
                "destroyed the socket: that follows the server's own close()",
     .job = Job::neither,
     .folklore = true,
     .needs = {},
     .settings = {}},
    make<DiagDestroyEvents>};

} // namespace halfopen
