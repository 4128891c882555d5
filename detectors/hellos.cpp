#include "detectors/hellos.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/recv.h"
#include "detectors/theory/rough_path.h"
#include "detectors/theory/words.h"
#include "detectors/timeouts.h"
#include "detectors/waiting.h"

namespace halfopen {

using namespace std::chrono_literals;

HelloReader::Heard HelloReader::wait(Instant until) {
    while (unheard_ == 0) {
        pollfd watched{connection_.fd(), POLLIN, 0};
        const int ready = poll(&watched, 1, to_poll(until - MonotonicClock::now()));
        if (ready == -1 && errno != EINTR) {
            out_.gone("poll", errno);
            return Heard::over;
        }
        if (ready == 0 && MonotonicClock::now() >= until)
            return Heard::nothing;
        if (ready != 1)
            continue;
        std::array<char, 4096> buffer;
        const auto bytes = receive_into(buffer, connection_, out_, MSG_DONTWAIT);
        if (!bytes)
            return Heard::over;
        for (const FrameType type : frames_.feed(*bytes))
            unheard_ += type == FrameType::hello;
    }
    --unheard_;
    return Heard::hello;
}

Window hello_before_fault(const Situation& s, Duration interval) {
    if (info(s.traffic).client_interval == 0ns) {
        // On a link with a delay the next hello may have left just before the fault, and still arrive.
        const Window waited = waited_before_fault(s);
        const bool next_left = s.one_way > 0ns && waited.to + s.one_way + off_beat >= interval;
        return {next_left ? std::min(waited.from, -s.one_way) : waited.from, waited.to};
    }
    // The first hello leaves just after watching has begun, and travels.
    const Window since = s.watch_before_fault - Window{0ns, off_beat + 2 * s.one_way};
    const Duration from = since.from % interval;
    const Duration width = since.to - since.from;
    if (since.from < 0ns || from + width >= interval)
        return {-s.one_way, interval};
    return {from, from + width};
}

Window learned_limit(const Situation& s, Duration interval,
                     const std::function<Duration(std::span<const Instant>)>& limit) {
    const Window before = hello_before_fault(s, interval);
    // The first hello comes when watching begins. After a hundred it hardly matters how many there were.
    const auto intervals = [&](Duration since_first) {
        return std::clamp<int64_t>((since_first + interval / 2) / interval, 0, 100);
    };
    const bool full = s.traffic == Traffic::buffer_full;
    Window all{Duration::max(), Duration::min()};
    for (const Duration late : {0ns, full ? window_closed_before(s).to - s.watch_before_fault.to : 0ns})
        for (int64_t count = intervals(s.watch_before_fault.from - before.to);
             count <= intervals(s.watch_before_fault.to - before.from); ++count) {
            std::vector<Instant> arrivals{Instant{interval + std::min(late, interval)}};
            for (int64_t i = 1; i <= count; ++i)
                arrivals.emplace_back(interval * (i + 1));
            const Duration one = limit(arrivals);
            all = {std::min(all.from, one), std::max(all.to, one)};
        }
    return {all.from - off_beat, all.to + off_beat};
}

Prediction hello_missing(const Situation& s, const HelloLimit& hello) {
    const Window before = hello_before_fault(s, hello.interval);
    const Window limit = hello.limit + Window{0ns, poll_lateness(hello.limit.to)};
    // On a path whose delay varies the learned interval does too, by as much at most.
    const Window learned{limit.from - (s.effect == Effect::flapping ? slowest_message(s) : s.slowest_way), limit.to};
    // What the client writes besides is lost before the hello, and its retransmissions decide.
    const Duration traffic = info(s.traffic).client_interval;
    std::optional<Window> other_write;
    if (traffic > 0ns)
        other_write = Window{0ns, traffic};
    if (const auto waited = waits(s, {.what = "hello",
                                      .signal = hello.signal,
                                      .beat = hello.interval,
                                      .limit = is_late(s) ? learned : limit,
                                      .last_before = before,
                                      .crowded = traffic > 0ns,
                                      .other_write = other_write}))
        return *waited;
    if (hellos_go_on(s) && limit.from <= hello.interval + off_beat)
        return unknown(fmt::format("the client says hello every {}, and is convicted when one is {} late, "
                                   "which is a matter of moments",
                                   plain(hello.interval), plain(hello.limit.to - hello.interval)));
    if (hellos_go_on(s))
        return never(fmt::format("the client says hello every {}, and is convicted only after {} without one",
                                 plain(hello.interval), in_seconds(limit)));
    Prediction p;
    p.kind = Prediction::Kind::window;
    p.after = limit - before;
    p.signal = hello.signal;
    p.rule = fmt::format("the last hello + {}, and no more comes", hello.sum);
    p.steps = {"0 s: the last hello arrives", fmt::format("{} later: the fault", in_seconds(before)),
               fmt::format("{}: no hello came: {}", in_seconds(limit), hello.sum)};
    return p;
}

} // namespace halfopen
