// recv() on a socket that does not block, asked every `interval`: the loop of a program that has other things
// to do, a game server's for example. EAGAIN means "nothing there just now" and is the usual answer; the rest
// is law 1 done right, one look late.

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "detectors/looking.h"

namespace halfopen {

namespace {

class RecvNonblocking : public Looking {
public:
    using Looking::Looking;

    Prediction predict(const Situation& s) const override {
        Prediction p = hears(events_between_looks(s, interval()), {.look = interval()});
        if (p.kind == Prediction::Kind::window && p.verdict == Verdict::gone && writer_may_take_error(s)) {
            p.signal.clear();
            p.rule += "; if the server's own send() takes the error first, recv() returns 0";
        }
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        std::array<char, 4096> buffer;
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
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

extern const Method recv_nonblocking_method;
const Method recv_nonblocking_method{
    {.name = "recv-nonblocking",
     .label = "recv(), not blocking",
     .summary =
         "recv() with MSG_DONTWAIT every interval: EAGAIN means \"nothing yet\", 0 is the end of what the "
         "client sends, any other error the end of the connection",
     .needs = {},
     .settings = {interval_setting}},
    make<RecvNonblocking>};

} // namespace halfopen
