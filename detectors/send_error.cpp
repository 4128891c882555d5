// "If send() fails, the client is gone." It is: EPIPE, ECONNRESET and ETIMEDOUT are never wrong (send(2)).
// But send() only hands bytes to the kernel, so the first write after a close succeeds and draws the RST that
// fails the second, and a server that has nothing to say never learns anything.

#include "detectors/send_error.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/theory/silence.h"

namespace halfopen {

namespace {

Prediction fails(Window after, std::string rule, std::vector<std::string> steps = {}) {
    Prediction p;
    p.kind = Prediction::Kind::window;
    p.after = after;
    p.rule = std::move(rule) + "; whoever reads may take the errno first, and then send() says EPIPE";
    p.steps = std::move(steps);
    return p;
}

Prediction only_write(const Situation& s) {
    const Window write = *next_write_of(s);
    switch (s.effect) {
    case Effect::reset:
        if (arrival(s).from >= write.to)
            return never("the write, 10 ms after the fault, goes out before the RST arrives, and no "
                         "other follows");
        if (arrival(s).to > write.from)
            return unknown("whether the RST or the write, 10 ms after the fault, comes first is a matter "
                           "of moments");
        return fails(write, "the RST is there before the write, which comes 10 ms after the fault and fails");
    case Effect::fin:
        return never("the first write after a close succeeds and draws a RST; only a second one would fail");
    case Effect::fin_then_silence:
    case Effect::large_lost:
    case Effect::silence:
        return never("the write is accepted by the server's own kernel, and no other follows");
    case Effect::reset_on_send:
        return never("the write is accepted and draws a RST; only a second one would fail");
    default: return never("the client's kernel takes the write");
    }
}

/// From a write to the first one after its RST. On a link with a delay, writes that were on their way at
/// the fault draw a RST already.
Window draws_a_reset(const Situation& s) {
    const Duration interval = info(s.traffic).server_interval;
    if (s.one_way == Duration{0})
        return {interval, interval};
    return {Duration{0}, 2 * s.one_way + interval};
}

Prediction next_writes(const Situation& s) {
    const Duration interval = info(s.traffic).server_interval;
    const Window write = *next_write_of(s);
    switch (s.effect) {
    case Effect::reset:
        return fails(write + Window{s.one_way, s.one_way}, "the next write after the RST fails");
    case Effect::fin:
    case Effect::reset_on_send:
        return fails(write + draws_a_reset(s),
                     "the next write is accepted and draws a RST; the one after it fails");
    case Effect::fin_then_silence:
    case Effect::large_lost:
    case Effect::silence:
    case Effect::lossy: {
        // A FIN alone lets every write succeed.
        const bool fin = s.effect == Effect::fin_then_silence;
        const SocketEvent end = fin ? silent(s, {}, std::nullopt) : socket_events(s, {});
        if (end.kind != SocketEvent::Kind::error)
            return hears(end);
        return fails(end.after + Window{Duration{0}, interval},
                     "every write is accepted while the kernel tries; " + end.rule, end.steps);
    }
    default:
        return never(fills_client(s) ? "the client's kernel takes every write until its buffer is full, and then the server waits for room"
                                     : "the client reads, so every write is accepted");
    }
}

class SendError : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string skip_reason(Traffic traffic) const override { return never_writes(traffic); }

    Prediction predict(const Situation& s) const override { return send_fails(s); }

    void watch(Connection& connection, Out& out) const override {
        std::vector<char> unsent;
        for (;;) {
            // While the kernel's buffer is full, wait for room in it; a dead connection ends that wait as
            // well.
            pollfd wait{connection.fd(), POLLOUT, 0};
            if (unsent.empty())
                wait = {connection.write_due_fd(), POLLIN, 0};
            if (poll(&wait, 1, -1) == -1) {
                if (errno == EINTR)
                    continue;
                return out.gone("poll", errno);
            }
            if (unsent.empty())
                unsent = connection.take_due();
            if (!send_some(connection.fd(), unsent, out))
                return;
        }
    }
};

} // namespace

std::string never_writes(Traffic traffic) {
    const TrafficInfo& profile = info(traffic);
    return profile.server_writes ? "" : fmt::format("never writes in {} traffic", profile.name);
}

Prediction send_fails(const Situation& s) {
    switch (s.traffic) {
    case Traffic::idle:
    case Traffic::receiving: return never("the server never writes here, so no send() can fail");
    case Traffic::in_flight: return never("the only write was accepted before the fault, and none follows");
    case Traffic::request_response:
        if (fills_client(s))
            return never("the client's kernel takes every answer until its buffer is full, and then the server waits for "
                         "room");
        return never(client_lives(s.effect) || s.heals_after
                         ? "the client reads, so every answer is accepted"
                         : "no request comes any more, so no answer is written that could fail");
    case Traffic::one_write: return only_write(s);
    case Traffic::sending: return next_writes(s);
    case Traffic::buffer_full:
        return never("the buffer was filled before, and nothing more is written, so no send() can fail");
    }
    return {};
}

bool send_some(int fd, std::vector<char>& unsent, Out& out) {
    if (unsent.empty())
        return true;
    const ssize_t n = send(fd, unsent.data(), unsent.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n == -1 && errno != EAGAIN && errno != EINTR) {
        out.gone("send", errno);
        return false;
    }
    if (n > 0)
        unsent.erase(unsent.begin(), unsent.begin() + n);
    return true;
}

extern const Method send_error_method;
const Method send_error_method{
    {.name = "send-error",
     .label = "send() fails",
     .family = MethodFamily::writing,
     .summary = "send() with MSG_NOSIGNAL fails with EPIPE, ECONNRESET or ETIMEDOUT",
     .job = Job::writes,
     .needs = {},
     .settings = {}},
    make<SendError>};

} // namespace halfopen
