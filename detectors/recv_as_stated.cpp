// Law 1, as the note states it: the client is gone when recv() returns 0 or less, unless errno is EINTR.
//
// Two things are wrong with it. 0 only says that the client sends no more: it may still read. And on a socket
// with a timeout (SO_RCVTIMEO, socket(7)) recv() returns -1 with EAGAIN when nothing came in time, which
// convicts every client that has nothing to say.

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/theory/wheel.h"
#include "detectors/theory/words.h"
#include "detectors/timeouts.h"
#include "detectors/waiting.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class RecvAsStated : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override {
        return timeout() > 0ns ? fmt::format("recv() <= 0, {} timeout", plain(timeout())) : "recv() <= 0";
    }

    // The link rests for longer than the timeout before the fault, so that the false alarm shows for what it
    // is.
    Timing timing() const override {
        if (timeout() == 0ns)
            return {};
        return {
            .anchor = "last message received", .period = 0ns, .lead = timeout() * 3 / 2, .limit = timeout()};
    }

    Prediction predict(const Situation& s) const override {
        Prediction heard = hears(socket_events(s, {}), {.eof_verdict = Verdict::gone});
        if (s.effect == Effect::signals && heard.kind == Prediction::Kind::never)
            heard.rule = "a signal makes recv() return EINTR, the one error that this law excepts";
        return timeout() > 0ns ? earlier(times_out(s), heard) : heard;
    }

    void watch(Connection& connection, Out& out) const override {
        const timeval wait = to_timeval(timeout());
        if (timeout() > 0ns)
            check(setsockopt(connection.fd(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait),
                  "setting SO_RCVTIMEO");
        std::array<char, 4096> buffer;
        for (;;) {
            const ssize_t n = recv(connection.fd(), buffer.data(), buffer.size(), 0);
            if (n <= 0) {
                if (n == -1 && errno == EINTR)
                    continue;
                return n == 0 ? out.gone("recv: 0") : out.gone("recv", errno);
            }
            connection.received({buffer.data(), static_cast<size_t>(n)});
        }
    }

private:
    Duration timeout() const { return settings().has("timeout") ? settings().duration("timeout") : 0ns; }

    /// recv() waits for `timeout` from its call, which is the last message or the start of watching; every
    /// message and every signal begins the wait anew.
    Prediction times_out(const Situation& s) const {
        const Window wait = timer(timeout(), s.kernel.hz);
        const Duration gap = info(s.traffic).client_interval;
        if (gap > 0ns && wait.from <= gap + client_jitter)
            return too_short(s, gap);
        if (gap > 0ns)
            if (const auto waited = waits(s, for_a_message(s, wait, gap)))
                return *waited;
        if (gap > 0ns && traffic_goes_on(s))
            return never(fmt::format("the client writes every {}, so no recv() waits for {}", plain(gap),
                                     plain(timeout())));
        Prediction p = false_alarm(wait - waited_before_fault(s));
        if (s.effect != Effect::signals || p.after.to < 0ns)
            return p;
        if (p.after.from <= 0ns)
            return unknown("whether the timeout ends before the signals begin is a matter of moments");
        return never(
            fmt::format("every signal ends recv() with EINTR, and the next call waits anew for all of {}, so "
                        "the timeout never ends",
                        plain(timeout())));
    }

    static Waiting for_a_message(const Situation& s, Window wait, Duration gap) {
        return {.what = "message",
                .signal = "recv: EAGAIN",
                .beat = gap,
                .limit = wait,
                .last_before = waited_before_fault(s),
                .crowded = true};
    }

    /// A timeout below the client's own interval strikes in the first pause; one that equals it may.
    Prediction too_short(const Situation& s, Duration gap) const {
        const Window wait = timer(timeout(), s.kernel.hz);
        if (wait.to + client_jitter >= gap)
            return unknown("the timeout is about as long as the pauses between the client's messages");
        return false_alarm(Window{wait.from, gap + wait.to} - s.watch_before_fault);
    }

    Prediction false_alarm(Window after) const {
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = after;
        p.signal = "recv: EAGAIN";
        p.rule = fmt::format(
            "recv() gives up {} after its call with EAGAIN (SO_RCVTIMEO), which this law takes for "
            "an error, though it only says that nothing came",
            plain(timeout()));
        p.steps = {"0 s: the last message is read, or watching begins; recv() is called",
                   fmt::format("{}: nothing came, recv() = -1, EAGAIN", in_seconds(timeout()))};
        return p;
    }
};

} // namespace

extern const Method recv_as_stated_method;
const Method recv_as_stated_method{
    {.name = "recv-as-stated",
     .label = "recv() <= 0",
     .summary =
         "recv() <= 0 means gone, unless errno is EINTR; with a timeout (SO_RCVTIMEO) EAGAIN convicts too",
     .law = 1,
     .form = Form::as_stated,
     .needs = {},
     .settings = {{.name = "timeout",
                   .fallback = "none",
                   .meaning = "SO_RCVTIMEO: recv() gives up after so long without a byte",
                   .least = 1'000'000}}},
    make<RecvAsStated>};

} // namespace halfopen
