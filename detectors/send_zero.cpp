// Folklore: "send nothing; if even that fails, the client is gone."
//
// On TCP nothing sends nothing: no segment leaves, so nobody is asked (RFC 9293 knows no empty message). The
// call only looks at the server's own state first: in CLOSE it fails, with the pending error if that is still
// there, and with EPIPE if a reader took it (net/ipv4/tcp.c: tcp_sendmsg_locked(); net/core/stream.c:
// sk_stream_wait_connect()).

#include <sys/socket.h>

#include <cerrno>

#include "detectors/looking.h"

namespace halfopen {

namespace {

class SendZero : public Looking {
public:
    using Looking::Looking;

    Prediction predict(const Situation& s) const override {
        if (s.stage == Stage::half_shut)
            return {.kind = Prediction::Kind::window,
                    .after = Window{Duration{0}, interval()} + at_once,
                    .signal = "send: EPIPE",
                    .rule = "the server has shut its own sending side down, and even sending nothing fails then",
                    .steps = {}};
        return sees_end(s, {.signal = "",
                            .of_fin = "after a FIN sending is allowed, and sending nothing draws no answer",
                            .look = interval()});
    }

    void watch(Connection& connection, Out& out) const override {
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            const ssize_t n = send(connection.fd(), "", 0, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n == -1 && errno != EAGAIN && errno != EINTR)
                return out.gone("send", errno);
        }
    }
};

} // namespace

extern const Method send_zero_method;
const Method send_zero_method{
    {.name = "send-zero",
     .label = "send() of 0 bytes",
     .summary = "folklore: send() of 0 bytes every interval; if it succeeds, the client is taken to be there",
     .job = Job::neither,
     .folklore = true,
     .needs = {},
     .settings = {interval_setting}},
    make<SendZero>};

} // namespace halfopen
