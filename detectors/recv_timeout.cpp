// A read deadline of the application: no byte for `timeout`, and the connection is given up. Every server
// that is reachable from outside has one, because nothing else ends a connection that is idle for ever.
//
// It is a rule about what the server puts up with, not a finding about the client: one that has nothing to
// say is convicted like one that is dead. Unlike SO_RCVTIMEO it counts from the last byte and not from the
// last call, so a signal does not give the client its time anew.

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/theory/words.h"
#include "detectors/timeouts.h"
#include "detectors/waiting.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class RecvTimeout : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override {
        return timeout() > 0ns ? fmt::format("read deadline {}", plain(timeout())) : "read deadline, none";
    }

    Timing timing() const override {
        if (timeout() == 0ns)
            return {};
        return {
            .anchor = "last message received", .period = 0ns, .lead = timeout() * 3 / 2, .limit = timeout()};
    }

    Prediction predict(const Situation& s) const override {
        const Prediction heard = hears(socket_events(s, {}));
        return timeout() > 0ns ? earlier(times_out(s), heard) : heard;
    }

    void watch(Connection& connection, Out& out) const override {
        std::array<char, 4096> buffer;
        Instant last_byte = MonotonicClock::now();
        for (;;) {
            const Duration left = last_byte + timeout() - MonotonicClock::now();
            pollfd watched{connection.fd(), POLLIN, 0};
            const int ready = poll(&watched, 1, timeout() > 0ns ? to_poll(left) : -1);
            if (ready == -1 && errno != EINTR)
                return out.gone("poll", errno);
            // Only when nothing is left to read: if this server was stopped, the bytes wait in the socket.
            if (ready == 0 && MonotonicClock::now() >= last_byte + timeout())
                return out.gone(fmt::format("no byte for {}", plain(timeout())));
            if (ready != 1)
                continue;
            const ssize_t n = recv(connection.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (n == 0)
                return out.eof("recv: 0");
            if (n == -1 && errno != EAGAIN && errno != EINTR)
                return out.gone("recv", errno);
            if (n > 0) {
                connection.received({buffer.data(), static_cast<size_t>(n)});
                last_byte = MonotonicClock::now();
            }
        }
    }

private:
    Duration timeout() const { return settings().has("timeout") ? settings().duration("timeout") : 0ns; }
    Window limit() const { return {timeout(), timeout() + poll_lateness(timeout())}; }

    Prediction times_out(const Situation& s) const {
        const Duration gap = info(s.traffic).client_interval;
        if (gap > 0ns && timeout() <= gap + client_jitter)
            return too_short(s, gap);
        if (gap > 0ns) {
            const Waiting message{.what = "message",
                                  .signal = fmt::format("no byte for {}", plain(timeout())),
                                  .beat = gap,
                                  .limit = limit(),
                                  .last_before = waited_before_fault(s),
                                  .crowded = true};
            if (const auto waited = waits(s, message))
                return *waited;
            if (traffic_goes_on(s))
                return never(fmt::format("the client writes every {}, well within the {} of the deadline",
                                         plain(gap), plain(timeout())));
        }
        return deadline(limit() - waited_before_fault(s));
    }

    /// A deadline below the client's own interval ends in its first pause; one that equals it may.
    Prediction too_short(const Situation& s, Duration gap) const {
        if (limit().to + client_jitter >= gap)
            return unknown("the deadline is about as long as the pauses between the client's messages");
        return deadline(Window{limit().from, gap + limit().to} - s.watch_before_fault);
    }

    Prediction deadline(Window after) const {
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = after;
        p.signal = fmt::format("no byte for {}", plain(timeout()));
        p.rule = fmt::format("the last byte + {}, whether the client is dead or has nothing to say",
                             plain(timeout()));
        p.steps = {"0 s: the last byte, or the beginning of watching",
                   fmt::format("{}: no other came, and poll() ends", in_seconds(limit()))};
        return p;
    }
};

} // namespace

extern const Method recv_timeout_method;
const Method recv_timeout_method{
    {.name = "recv-timeout",
     .label = "read deadline",
     .summary =
         "poll() with the time that is left and recv(): no byte for timeout means gone, whether the client "
         "is dead or has nothing to say",
     .needs = {},
     .settings = {{.name = "timeout",
                   .fallback = "none",
                   .meaning = "no byte for so long means gone; none: it waits for ever",
                   .least = 1'000'000}}},
    make<RecvTimeout>};

} // namespace halfopen
