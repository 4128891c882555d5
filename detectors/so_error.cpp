// SO_ERROR asked every `interval`, by the thread that also reads: the error first, then the data. The pending
// error is one for all (sock_error() in include/net/sock.h), so asking for it in front of recv() keeps its
// errno; and since an end of file is no error, recv() must still be asked.

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "detectors/looking.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

class SoError : public Looking {
public:
    using Looking::Looking;

    Prediction predict(const Situation& s) const override {
        if (soft_error(s).kind != SocketEvent::Kind::never)
            return hears(soft_error(s), {.error_call = "SO_ERROR", .look = interval()});
        Prediction p =
            hears(events_between_looks(s, interval()), {.error_call = "SO_ERROR", .look = interval()});
        if (p.kind != Prediction::Kind::window)
            return p;
        if (p.verdict == Verdict::gone && writer_may_take_error(s)) {
            p.signal.clear();
            p.rule +=
                "; if the server's own send() takes the error first, SO_ERROR is 0 and recv() returns 0";
        }
        // A write between the FIN and the look draws a RST, whose EPIPE stands in front of the end of file.
        if (p.verdict == Verdict::eof && s.effect == Effect::fin && next_write_of(s)) {
            p.verdict = Verdict::gone;
            p.signal.clear();
            p.rule += "; the server's next write draws a RST, and a look after that finds EPIPE instead";
        }
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        std::array<char, 4096> buffer;
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            int error = 0;
            socklen_t size = sizeof error;
            check(getsockopt(connection.fd(), SOL_SOCKET, SO_ERROR, &error, &size), "reading SO_ERROR");
            if (error != 0)
                return out.gone("SO_ERROR", error);
            ssize_t n = 0;
            while ((n = recv(connection.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0)
                connection.received({buffer.data(), static_cast<size_t>(n)});
            if (n == 0)
                return out.eof("recv: 0");
            if (errno != EAGAIN && errno != EINTR)
                return out.gone("recv", errno);
        }
    }
};

} // namespace

extern const Method so_error_method;
const Method so_error_method{
    {.name = "so-error",
     .label = "SO_ERROR",
     .summary =
         "getsockopt() with SO_ERROR every interval, before recv() is called: an error is the end of the "
         "connection, and recv() = 0 the end of what the client sends",
     .needs = {},
     .settings = {interval_setting}},
    make<SoError>};

} // namespace halfopen
