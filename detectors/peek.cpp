// MSG_PEEK while the server is busy with a request: "has the client left meanwhile?" without taking a byte
// off the stream, asked every `interval` (web servers and proxies do it while the answer is being made).
//
// A peek sees the head of the queue. As soon as one more byte of the client's stands there unread, a request
// that came too early for example, it sees that byte, and neither the FIN nor the error behind it. And when
// it does see the error, it takes it, peek or not (net/ipv4/tcp.c: tcp_recvmsg_locked()).

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "detectors/looking.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class Peek : public Looking {
public:
    using Looking::Looking;

    // Long enough that a client which goes on writing has left something unread before the fault.
    Timing timing() const override {
        return {.anchor = "last look", .period = interval(), .lead = interval() + 250ms};
    }

    Prediction predict(const Situation& s) const override {
        const Duration beat = info(s.traffic).client_interval;
        if (beat > 0ns && s.watch_before_fault.from < beat + interval())
            return unknown(
                "whether the client's next bytes stand before the fault in the queue is a matter of "
                "moments, so soon after its first message");
        if (beat > 0ns)
            return never(
                "after the first message the client's next bytes stand unread at the head of the queue, "
                "and a peek sees no further");
        if (s.particulars.data_before_fin)
            return never("the client's last bytes stand unread before its FIN, and a peek sees no further");
        Prediction p = hears(socket_events(s, {}), {.look = interval()});
        if (p.kind == Prediction::Kind::window && p.verdict == Verdict::gone && writer_may_take_error(s)) {
            p.signal.clear();
            p.rule += "; if the server's own send() takes the error first, the peek returns 0";
        }
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        std::array<char, 4096> buffer;
        bool has_request = false;
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            // The request is read, and nothing behind it: the server is busy with it from then on.
            const int flags = has_request ? MSG_PEEK | MSG_DONTWAIT : MSG_DONTWAIT;
            const ssize_t n = recv(connection.fd(), buffer.data(), buffer.size(), flags);
            if (n > 0 && !has_request) {
                connection.received({buffer.data(), static_cast<size_t>(n)});
                has_request = true;
            }
            if (n == 0)
                return out.eof("recv: 0");
            if (n == -1 && errno != EAGAIN && errno != EINTR)
                return out.gone("recv", errno);
        }
    }
};

} // namespace

extern const Method peek_method;
const Method peek_method{
    {.name = "peek",
     .label = "MSG_PEEK",
     .summary =
         "recv() with MSG_PEEK every interval while the server is busy with the first request: 0 is the "
         "end of what the client sends, unless unread data stands before it",
     .needs = {},
     .settings = {interval_setting}},
    make<Peek>};

} // namespace halfopen
