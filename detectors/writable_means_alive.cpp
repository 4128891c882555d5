// Folklore: "poll() says that I can write, so the client is there."
//
// POLLOUT says that the server's own send buffer has room. A dead connection has room, and even a reset one
// is called writable, because send() would fail without blocking (net/ipv4/tcp.c: tcp_poll()). What is not
// writable is a full buffer, and its client may be well and just slow: the method convicts the living only.

#include <poll.h>

#include <fmt/format.h>

#include "detectors/looking.h"
#include "detectors/theory/outage.h"
#include "detectors/theory/words.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class WritableMeansAlive : public Looking {
public:
    using Looking::Looking;

    Prediction predict(const Situation& s) const override {
        if (s.traffic == Traffic::buffer_full)
            return full_before(s);
        const bool ends =
            s.effect == Effect::fin || s.effect == Effect::reset || s.effect == Effect::reset_on_send;
        if (ends)
            return never(
                "a dead socket is writable: send() would fail at once, and that is what POLLOUT says");
        const bool writes_on = s.traffic == Traffic::sending ||
                               (s.traffic == Traffic::request_response && traffic_goes_on(s));
        if (!writes_on)
            return never("what the server writes is less than its buffer holds, so there is room in it, "
                         "whatever becomes of the client");
        if (s.effect == Effect::acknowledges_only)
            return unknown("the buffer that nobody reads fills, and then the server's: how much they hold is "
                           "not known");
        if (s.effect == Effect::lossy)
            return unknown(
                "chance: a long row of losses would fill the send buffer, whose size is not known");
        if (writes_vanish(s) || s.effect == Effect::fin_then_silence)
            return piles_up(s);
        return never("every write is acknowledged soon, so the send buffer always has room");
    }

    void watch(Connection& connection, Out& out) const override {
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            pollfd watched{connection.fd(), POLLOUT, 0};
            if (poll(&watched, 1, 0) != -1 && !(watched.revents & POLLOUT))
                return out.gone("poll: not writable");
        }
    }

private:
    /// The buffer is filled before watching begins, so the first look convicts.
    Prediction full_before(const Situation& s) const {
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = Window{0ns, interval()} - s.watch_before_fault;
        p.signal = "poll: not writable";
        p.rule =
            "the send buffer is full because the client does not read, and the first look takes that for "
            "its death";
        p.steps = {
            fmt::format("{} before the fault: the first look, no POLLOUT", in_seconds(s.watch_before_fault))};
        return p;
    }

    /// The smallest send buffer holds 20 segments (net/ipv4/tcp_input.c: tcp_sndbuf_expand()), and no longer
    /// counts as writable when two thirds are used: never within 1 s of ten writes.
    static Prediction piles_up(const Situation& s) {
        if (is_outage(s)) {
            const Window again = delivered(s, flight_of(s), Window{0ns, info(s.traffic).server_interval});
            if (again.to < 1s)
                return never(
                    fmt::format("the path is healed, and all is acknowledged {} after the fault, before "
                                "the send buffer is full",
                                in_seconds(again)));
        }
        return unknown(
            "unacknowledged bytes pile up until two thirds of the send buffer are used; how much it "
            "holds is not known");
    }
};

} // namespace

extern const Method writable_means_alive_method;
const Method writable_means_alive_method{
    {.name = "writable-means-alive",
     .label = "writable",
     .summary = "folklore: poll() with POLLOUT every interval; while the socket is writable, the client is "
                "taken to be there",
     .job = Job::neither,
     .folklore = true,
     .needs = {},
     .settings = {interval_setting}},
    make<WritableMeansAlive>};

} // namespace halfopen
