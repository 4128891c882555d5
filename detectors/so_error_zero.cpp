// Folklore: "SO_ERROR is 0, so the connection is fine."
//
// SO_ERROR is the one pending error, and reading it clears it; so do recv() and send() (sock_error() in
// include/net/sock.h). In a server that also reads, the reader is woken by the very error and takes it long
// before the next look, and from then on SO_ERROR is 0 on a dead connection. A FIN and a silence are no
// errors at all.

#include <sys/socket.h>

#include <fmt/format.h>

#include "detectors/looking.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

using Kind = SocketEvent::Kind;

class SoErrorZero : public Looking {
public:
    using Looking::Looking;

    Prediction predict(const Situation& s) const override {
        if (soft_error(s).kind != Kind::never)
            return hears(soft_error(s), {.error_call = "SO_ERROR", .look = interval()});
        const SocketEvent event = socket_events(s, {});
        if (event.kind == Kind::error)
            return never(
                fmt::format("{}; the server's reader is woken by the error and takes it, and from then "
                            "on SO_ERROR is 0",
                            event.rule));
        if (event.kind == Kind::eof_or_error)
            return unknown(
                "RST after the FIN leaves EPIPE, which no reader takes; whether it comes after it is "
                "a matter of moments");
        if (event.kind != Kind::eof)
            return hears(event);
        if (s.effect == Effect::fin && s.traffic == Traffic::sending)
            return unknown("the server's next write draws a RST, which leaves EPIPE; the look after it sees "
                           "that, unless the write after it has taken it");
        // After the FIN the reader has stopped, so that the EPIPE of a RST stays where it is.
        return sees_end(s, {.signal = "SO_ERROR: EPIPE",
                            .of_fin = "a FIN is no error, so SO_ERROR stays 0",
                            .look = interval()});
    }

    void watch(Connection& connection, Out& out) const override {
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            int error = 0;
            socklen_t size = sizeof error;
            check(getsockopt(connection.fd(), SOL_SOCKET, SO_ERROR, &error, &size), "reading SO_ERROR");
            if (error != 0)
                return out.gone("SO_ERROR", error);
        }
    }
};

} // namespace

extern const Method so_error_zero_method;
const Method so_error_zero_method{
    {.name = "so-error-zero",
     .label = "SO_ERROR is 0",
     .summary =
         "folklore: getsockopt() with SO_ERROR every interval, beside a server that reads; while it is "
         "0, the client is taken to be there",
     .job = Job::neither,
     .folklore = true,
     .needs = {},
     .settings = {interval_setting}},
    make<SoErrorZero>};

} // namespace halfopen
