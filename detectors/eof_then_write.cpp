// An end of file is not a death: it says that the client will send no more. So the server asks: it writes one
// message after the FIN. A client that has closed answers by RST, and poll() hangs up within a round trip;
// one that has only shut its sending side acknowledges, and the connection goes on (RFC 9293, 3.6).

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "detectors/looking.h"
#include "detectors/send_error.h"
#include "detectors/theory/words.h"
#include "detectors/timeouts.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;
using Kind = SocketEvent::Kind;

class EofThenWrite : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return label_with_changes(*this); }

    Prediction predict(const Situation& s) const override {
        const SocketEvent event = socket_events(s, {});
        if (event.kind == Kind::eof_or_error && s.effect == Effect::fin_then_silence)
            return unknown(event.rule + "; only the RST ends the connection, for the question after a FIN reaches nobody");
        if (event.kind == Kind::eof_or_error)
            return asks(s, hears(event));
        if (event.kind != Kind::eof)
            return hears(event);
        if (s.traffic == Traffic::buffer_full)
            return stands_behind_the_rest(s, event);
        return asks(s, hears(event));
    }

    void watch(Connection& connection, Out& out) const override {
        std::vector<char> unsent;
        for (;;) {
            pollfd watched[] = {{connection.fd(), POLLIN, 0}, {connection.write_due_fd(), 0, 0}};
            unsent.empty() ? watched[1].events = POLLIN : watched[0].events |= POLLOUT;
            if (poll(watched, 2, -1) == -1 && errno != EINTR)
                return out.gone("poll", errno);
            if (watched[0].revents & ~POLLOUT) {
                char buffer[4096];
                const ssize_t n = recv(connection.fd(), buffer, sizeof buffer, MSG_DONTWAIT);
                if (n == 0)
                    return ask(connection, out, unsent);
                if (n == -1 && errno != EAGAIN && errno != EINTR)
                    return out.gone("recv", errno);
                if (n > 0)
                    connection.received({buffer, static_cast<size_t>(n)});
            }
            if (watched[1].revents & POLLIN)
                unsent = connection.take_due();
            if (!send_some(connection.fd(), unsent, out))
                return;
        }
    }

private:
    Duration timeout() const { return settings().duration("timeout"); }

    /// After the FIN: one message, and so long for a RST to come back.
    void ask(Connection& connection, Out& out, std::vector<char>& unsent) const {
        const std::vector<char> question = connection.ping();
        unsent.insert(unsent.end(), question.begin(), question.end());
        const Instant limit = MonotonicClock::now() + timeout();
        while (MonotonicClock::now() < limit) {
            if (!send_some(connection.fd(), unsent, out))
                return;
            // POLLHUP comes unasked. POLLIN would not let it wait: the end of file is readable for ever.
            pollfd watched{connection.fd(), static_cast<short>(unsent.empty() ? 0 : POLLOUT), 0};
            poll(&watched, 1, to_poll(limit - MonotonicClock::now()));
            if (watched.revents & POLLHUP)
                return out.gone("EOF, then poll: POLLHUP");
        }
        out.eof("EOF, and no RST to a write");
    }

    Window limit() const { return {timeout(), timeout() + poll_lateness(timeout()) + 10ms}; }

    /// From the FIN: the question and its answer.
    Prediction asks(const Situation& s, Prediction p) const {
        const Window answer{2 * s.one_way, 2 * s.one_way + at_once.to};
        const std::string writes = "; the server writes after it, and ";
        if (s.effect == Effect::half_close || s.effect == Effect::fin_then_silence) {
            p.after = p.after + limit();
            p.verdict = Verdict::eof;
            p.signal = "EOF, and no RST to a write";
            p.rule += fmt::format("{}no RST comes back within {}", writes, plain(timeout()));
            return p;
        }
        if (timeout() <= answer.to)
            return unknown(
                fmt::format("the question is answered by RST within {}, and the server waits {}: which "
                            "comes first is a matter of moments",
                            in_seconds(answer.to), plain(timeout())));
        p.after = {p.after.from, p.after.to + answer.to};
        p.verdict = Verdict::gone;
        p.signal = s.one_way == 0ns && s.traffic != Traffic::in_flight ? "EOF, then poll: POLLHUP" : "";
        p.rule += writes + "that is answered by RST";
        return p;
    }

    /// The question waits behind what the client does not read, so that no answer can come.
    Prediction stands_behind_the_rest(const Situation&, const SocketEvent& event) const {
        Prediction p = hears(event);
        p.after = p.after + limit();
        p.signal = "EOF, and no RST to a write";
        p.rule +=
            fmt::format("; the server's question waits behind the full buffer, and {} pass without a RST",
                        plain(timeout()));
        return p;
    }
};

} // namespace

extern const Method eof_then_write_method;
const Method eof_then_write_method{
    {.name = "eof-then-write",
     .label = "EOF, then send()",
     .summary = "after recv() = 0 one send(): a RST within timeout means gone, silence means that only the "
                "client's sending side is shut",
     .job = Job::both,
     .needs = {},
     .settings = {{.name = "timeout",
                   .fallback = "1s",
                   .meaning = "how long a RST may take to come back",
                   .least = 1'000'000}}},
    make<EofThenWrite>};

} // namespace halfopen
