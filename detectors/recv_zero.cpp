// Folklore: "ask for 0 bytes: that takes nothing from the stream, and fails when the client is gone."
//
// recv() with a length of 0 returns 0 for data that waits and for an end of file alike, so the one thing that
// recv() can hear of a silent FIN is lost. It does fail when an error is pending, and it takes that error
// (net/ipv4/tcp.c: tcp_recvmsg_locked()); after an end of file it never does.

#include <sys/socket.h>

#include <cerrno>

#include "detectors/looking.h"

namespace halfopen {

namespace {

class RecvZero : public Looking {
public:
    using Looking::Looking;

    Prediction predict(const Situation& s) const override {
        const SocketEvent event = events_between_looks(s, interval());
        using Kind = SocketEvent::Kind;
        if (event.kind == Kind::eof)
            return never(
                "for an end of file recv() of 0 bytes returns 0, as it does for data that waits; after "
                "it no error is told either");
        if (event.kind == Kind::eof_or_error)
            return unknown(
                "a RST would be heard and a FIN not, and which of both comes is a matter of moments");
        if (event.kind == Kind::error && writer_may_take_error(s))
            return unknown("recv() of 0 bytes and the server's own send() share the one pending error: if "
                           "send() comes first, recv() returns 0 for ever");
        return hears(event, {.look = interval()});
    }

    void watch(Connection& connection, Out& out) const override {
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            read_what_waits(connection);
            char nothing = 0;
            const ssize_t n = recv(connection.fd(), &nothing, 0, MSG_DONTWAIT);
            if (n == -1 && errno != EAGAIN && errno != EINTR)
                return out.gone("recv", errno);
        }
    }
};

} // namespace

extern const Method recv_zero_method;
const Method recv_zero_method{
    {.name = "recv-zero",
     .label = "recv() of 0 bytes",
     .summary =
         "folklore: recv() of 0 bytes every interval; unless it fails, the client is taken to be there",
     .folklore = true,
     .needs = {},
     .settings = {interval_setting}},
    make<RecvZero>};

} // namespace halfopen
