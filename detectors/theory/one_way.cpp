#include "detectors/theory/one_way.h"

#include <cerrno>

#include <fmt/format.h>

#include "detectors/theory/keepalive.h"
#include "detectors/theory/words.h"

namespace halfopen {

using namespace std::chrono_literals;
using Kind = SocketEvent::Kind;

namespace {

/// The answer to a request may be acknowledged so much after it: TCP_DELACK_MIN, and some for waking up.
constexpr Duration acknowledged_late = 60ms;

/// A program that is to write now may be woken so much later.
constexpr Duration woken_late = 10ms;

/// The client's own write and what follows it; its timers are those of the other end of the same path.
Flight flight_of_client(const Situation& s, Duration beat) {
    Flight f{s.kernel, s.rto, s.srtt, 1, false};
    f.crowded = beat < retransmission(f, 1).to;
    return f;
}

Window first_write(Window before, Duration beat) {
    // The beat is a clock's: the next write is not late because the last one was, and may be late itself.
    const Window next = Window{beat - woken_late, beat + woken_late} - before;
    return {std::max<Duration>(0ns, next.from), std::max<Duration>(0ns, next.to)};
}

} // namespace

Window last_message_heard(const Situation& s, Window before, Duration beat) {
    const Window first = first_write(before, beat), resend = retransmission(flight_of_client(s, beat), 1);
    const Window last = first + Window{resend.from / beat * beat, resend.to / beat * beat};
    return {-last.to, -last.from};
}

Window next_request(const Situation& s) {
    const Window before = s.segment_before_fault;
    return first_write({before.from, before.to + acknowledged_late}, info(s.traffic).client_interval);
}

SocketEvent probes_between_retransmissions(const Situation& s, const SocketTimers& t) {
    const Duration beat = info(s.traffic).client_interval;
    const Flight f = flight_of_client(s, beat);
    const Window patience = keepalive_abort(t.idle, t.interval, t.count, t.user_timeout, s.kernel.hz);
    const Window first = first_write(s.segment_before_fault, beat);
    for (int n = 1; n <= s.kernel.retries2; ++n) {
        const Window heard = first + retransmission(f, n), next = first + retransmission(f, n + 1);
        // The same timers made both instants late, so the gap is that between equal ends.
        const Duration gap = std::min(next.from - heard.from, next.to - heard.to);
        if (gap <= patience.from)
            continue;
        if (gap <= patience.to)
            break;
        return {Kind::error,
                ETIMEDOUT,
                heard + patience,
                fmt::format("the client is still heard: it retransmits what is never acknowledged to it, and each time "
                            "keepalive counts anew; its retransmission {}, {} after the fault, is the first before a "
                            "gap longer than {}",
                            n, in_seconds(heard), in_seconds(patience)),
                {fmt::format("{} after the fault: the client writes, and its kernel is not told that it arrived",
                             in_seconds(first)),
                 fmt::format("{} after the fault: retransmission {} arrives; the next comes {} later", in_seconds(heard),
                             n, in_seconds(gap)),
                 fmt::format("{} after that: all probes are unanswered, ETIMEDOUT", in_seconds(patience))}};
    }
    return {Kind::unknown,
            0,
            {},
            fmt::format("the client is still heard: it retransmits what is never acknowledged to it, and each time "
                        "keepalive counts anew; none of its gaps is clearly longer than {}",
                        in_seconds(patience)),
            {}};
}

} // namespace halfopen
