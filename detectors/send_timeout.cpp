// SO_SNDTIMEO: a blocking send() that may wait for so long. Its EAGAIN says that the kernel's buffer had no
// room for all that time, and many servers take that for the client's death (socket(7)).
//
// The buffer has room until the client is far behind. So the method never fires at a dead client to whom
// little is written, and it does fire at a living one that does not read.

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/send_error.h"
#include "detectors/theory/persist.h"
#include "detectors/theory/wheel.h"
#include "detectors/theory/words.h"
#include "detectors/timeouts.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class SendTimeout : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return "send deadline " + plain(timeout()); }

    Timing timing() const override { return {.anchor = "", .limit = timeout()}; }

    bool blocks_in_send() const override { return true; }

    std::string skip_reason(Traffic traffic) const override { return never_writes(traffic); }

    Prediction predict(const Situation& s) const override {
        if (s.traffic == Traffic::buffer_full)
            return earlier(no_room(s), fails_blocked(s));
        const bool silent = writes_vanish(s) || s.effect == Effect::fin_then_silence;
        if ((fills_client(s) || (s.traffic == Traffic::sending && silent)) && !s.heals_after && (s.horizon == 0ns || s.horizon > timeout() + full_at_least))
            return may_fill(s);
        return send_fails(s);
    }

    void watch(Connection& connection, Out& out) const override {
        const timeval limit = to_timeval(timeout());
        check(setsockopt(connection.fd(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit), "setting SO_SNDTIMEO");
        std::vector<char> unsent;
        for (Instant since{};;) {
            pollfd due{connection.write_due_fd(), POLLIN, 0};
            if (unsent.empty() && poll(&due, 1, -1) == 1) {
                unsent = connection.take_due();
                since = MonotonicClock::now();
            }
            if (unsent.empty())
                continue;
            const ssize_t n = send(connection.fd(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
            const bool no_room = n == -1 && errno == EAGAIN;
            if (n == -1 && errno != EINTR && !no_room)
                return out.gone("send", errno);
            if (n > 0)
                unsent.erase(unsent.begin(), unsent.begin() + n);
            // A signal ends the wait too, whatever SA_RESTART says (signal(7)), and so does room for a part of it; the
            // next call would have all its time anew. So there is a deadline of one's own.
            if (no_room || (!unsent.empty() && MonotonicClock::now() >= since + timeout()))
                return out.gone("send", EAGAIN);
        }
    }

private:
    Duration timeout() const { return settings().duration("timeout"); }

    /// The smallest send buffer holds 20 segments (net/ipv4/tcp_input.c: tcp_sndbuf_expand()). Behind an
    /// unacknowledged write Nagle's algorithm puts the next ones together, 14 of 100 bytes to a segment: at one
    /// every 100 ms they last for 28 s, less the few segments that loss probes send half full.
    static constexpr Duration full_at_least = 15s;

    /// The buffer is full when watching begins, and stays so as long as the client does not read.
    Prediction no_room(const Situation& s) const {
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = timer(timeout(), s.kernel.hz) - s.watch_before_fault;
        if (const auto opens = window_may_open(s); opens && p.after.to >= *opens)
            return unknown(may_open_first(*opens));
        p.signal = "send: EAGAIN";
        p.rule = fmt::format("the client does not read and the buffer is full, so send() waits, and gives up after {}, "
                             "whether the client is dead or not",
                             plain(timeout()));
        p.steps = {fmt::format("{} before the fault: send(), and no room", in_seconds(s.watch_before_fault)),
                   fmt::format("{}: EAGAIN (sk_stream_wait_memory())", in_seconds(timer(timeout(), s.kernel.hz)))};
        return p;
    }

    /// What ends the connection ends the waiting; who reads may take the errno first.
    static Prediction fails_blocked(const Situation& s) {
        const SocketEvent event = socket_events(s, {});
        if (event.kind == SocketEvent::Kind::eof)
            return never("the end of file is no concern of send()");
        if (event.kind == SocketEvent::Kind::eof_or_error)
            return unknown(event.rule + "; only a RST ends the waiting");
        Prediction p = hears(event, {.error_call = "send"});
        p.signal.clear();
        return p;
    }

    Prediction may_fill(const Situation& s) const {
        const Prediction ends = send_fails(s);
        if (ends.kind == Prediction::Kind::window && ends.after.to <= timeout() + full_at_least)
            return ends;
        return unknown("unacknowledged bytes pile up until the send buffer is full, and then send() waits; how much it "
                       "holds is not known");
    }
};

} // namespace

extern const Method send_timeout_method;
const Method send_timeout_method{
    {.name = "send-timeout",
     .label = "send deadline",
     .family = MethodFamily::writing,
     .summary = "SO_SNDTIMEO and a blocking send(): EAGAIN, no room in the kernel's buffer for timeout, means gone",
     .job = Job::writes,
     .needs = {},
     .settings = {{.name = "timeout",
                   .fallback = "10s",
                   .meaning = "SO_SNDTIMEO: how long send() may wait for room",
                   .least = 1'000'000}}},
    make<SendTimeout>};

} // namespace halfopen
