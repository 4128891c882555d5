#include "detectors/theory/icmp.h"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "detectors/theory/wheel.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// What a router still has for one host, in jiffies: a second's worth pays for one error, and comes back in a second.
class Account {
public:
    Account(int hz, bool by_route) : second_(hz), by_route_(by_route), left_(most()) {}
    /// A packet that comes at `now` is answered or not.
    bool answers(int64_t now) {
        left_ = std::min(most(), left_ + now - last_);
        last_ = now;
        if (by_route_ && !pay()) // ip_error()
            return false;
        return pay(); // icmpv4_xrlim_allow()
    }

private:
    int64_t most() const { return (by_route_ ? 5 : 6) * second_; } // ip_rt_error_burst, XRLIM_BURST_FACTOR
    bool pay() {
        if (left_ < second_)
            return false;
        left_ -= second_;
        return true;
    }

    int64_t second_;
    bool by_route_;
    int64_t left_, last_ = 0;
};

/// A write and what follows it, in jiffies from the write.
struct Run {
    std::vector<int64_t> retransmissions;
    int64_t end = 0;
    std::optional<int64_t> first_told; ///< the first answer that finds the socket unlocked
    std::optional<int64_t> first_answer; ///< the first of all
    bool told() const { return first_answer.has_value(); }
};

constexpr size_t to_the_end = std::numeric_limits<size_t>::max();
constexpr size_t soon = 10; ///< by then the gaps are longer than any account needs to recover

/// The canary's server end speaks twice as well: its byte at the fault, its RST when it is closed 60 ms later.
constexpr Duration canary_closes = 60ms;

/// `start` is the write's jiffy, `since` how many of them the fault lies before it; it ends after so many retransmissions.
Run run(const Flight& f, Duration user_timeout, int64_t start, int64_t since, size_t enough) {
    const int hz = f.kernel.hz;
    const bool clamped = user_timeout > 0ns;
    const Duration limit = clamped ? user_timeout : retransmission_budget(f.kernel.retries2, f.kernel.rto_max);
    Account account(hz, f.icmp.by_route);
    std::vector<int64_t> asks{start - since, start - since + to_jiffies(canary_closes, hz)};
    Run run;
    // Everything that the router has to answer, in the order of its coming.
    const auto answered = [&](int64_t now) {
        for (; !asks.empty() && asks.front() <= now; asks.erase(asks.begin())) account.answers(asks.front());
        return account.answers(now);
    };
    const auto tell = [&](int64_t now) {
        if (!answered(now))
            return false;
        if (!run.first_answer)
            run.first_answer = now - start;
        if (!run.first_told)
            run.first_told = now - start;
        return true;
    };
    if (since >= 0 && answered(start)) // What was written before the fault had passed.
        run.first_answer = 0;
    int64_t now = start;
    if (f.kernel.tail_loss_probe)
        tell(now = fires_at(now, tail_loss_probe(f))); // It is no retransmission, so there is nothing to undo.
    now = fires_at(now, backed_off(f, 0));
    const int64_t stamp = now;
    int64_t gap_before = 0;
    for (int doublings = 0;;) {
        run.retransmissions.push_back(now - start);
        int64_t wait = backed_off(f, ++doublings);
        if (clamped)
            wait = std::min(wait, std::max<int64_t>(1, to_jiffies(limit - from_jiffies(now - stamp, hz), hz)));
        // The answer is there within a jiffy, which counts as one that has passed (usecs_to_jiffies() rounds up).
        const bool undone = tell(now) && f.icmp.undoes_backoff;
        if (undone)
            wait = backed_off(f, --doublings) - 1;
        const int64_t gap = fires_at(now, wait) - now;
        // Gaps in which an error is earned anew are all alike until the end, which may be a quarter of an hour away.
        if (undone && !clamped && gap == gap_before && gap >= (f.icmp.by_route ? 2 : 1) * hz && enough == to_the_end)
            now += std::max<int64_t>(0, (to_jiffies(limit, hz) - (now - stamp)) / gap - 1) * gap;
        gap_before = gap;
        now = fires_at(now, wait);
        if (from_jiffies(now - stamp, hz) >= limit || run.retransmissions.size() >= enough)
            break;
    }
    run.end = now - start;
    return run;
}

/// Over all phases of the timer wheel, all moments that the write can have, and both ways to the first retransmission
/// where there are two.
void for_each_run(const Flight& f, Duration user_timeout, size_t enough, const std::function<void(const Run&)>& see) {
    constexpr int moments = 4;
    const int hz = f.kernel.hz;
    // The answers keep the gaps short, so no wait falls into a wider bucket than that of six doublings.
    const int64_t places = bucket_width(std::min(backed_off(f, 6), to_jiffies(f.kernel.rto_max, hz)));
    const Window w = f.after_fault;
    for (const bool probe : {true, false}) {
        Flight one = f;
        one.kernel.tail_loss_probe = probe && f.kernel.tail_loss_probe;
        if (!probe && (!f.crowded || !f.kernel.tail_loss_probe))
            continue;
        for (int i = 0; i <= moments; ++i) {
            const Duration since = w.from + (w.to - w.from) * i / moments;
            for (int64_t place = 0; place < places; ++place)
                // Far from zero, so that nothing before the write is negative.
                see(run(one, user_timeout, 1'000'000 / places * places + place,
                        since < 0ns ? -1 : to_jiffies(since, hz), enough));
        }
    }
}

/// The window of one number of every run.
template <typename Number> Window over_runs(const Flight& f, Duration user_timeout, size_t enough, Number number) {
    int64_t least = std::numeric_limits<int64_t>::max(), most = 0;
    for_each_run(f, user_timeout, enough, [&](const Run& run) {
        const int64_t n = number(run);
        least = std::min(least, n);
        most = std::max(most, n);
    });
    return {from_jiffies(least, f.kernel.hz), from_jiffies(most, f.kernel.hz)};
}

} // namespace

Window answered_retransmission(const Flight& f, int n) {
    const auto nth = [&](const Run& run) {
        return n <= static_cast<int>(run.retransmissions.size()) ? run.retransmissions[static_cast<size_t>(n - 1)] : run.end;
    };
    return from_event(over_runs(f, 0ns, static_cast<size_t>(n), nth), f.kernel.hz);
}

Window answered_giving_up(const Flight& f, Duration user_timeout) {
    return over_runs(f, user_timeout, to_the_end, [](const Run& run) { return run.end - run.retransmissions.front(); });
}

namespace {

Flight in_silence(Flight f) {
    f.icmp = {};
    return f;
}

/// From the write to the router's first answers, at the earliest and at the latest.
Window late_answer(const Flight& f) {
    const Window write = f.after_fault, after = f.icmp.after;
    return {std::max<Duration>(0ns, after.from - write.to), write.to < after.from ? after.to - write.from : after.to};
}

/// When the connection ends, from the write.
Window late_end(const Flight& f, Duration user_timeout) {
    return retransmission(in_silence(f), 1) + late_answered_giving_up(f, user_timeout);
}

} // namespace

Window late_answered_retransmission(const Flight& f, int n) {
    const Window silent = retransmission(in_silence(f), n);
    const Duration soonest = late_answer(f).from;
    if (n == 1 || silent.to <= soonest)
        return silent;
    return {std::min(silent.from, std::max(retransmission(in_silence(f), 1).from, soonest)), silent.to};
}

Window late_answered_giving_up(const Flight& f, Duration user_timeout) {
    const Window silent = giving_up(in_silence(f), user_timeout), first = retransmission(in_silence(f), 1);
    const Duration soonest = late_answer(f).from - first.to;
    if (silent.to <= soonest)
        return silent;
    const Duration limit = user_timeout > 0ns ? user_timeout : retransmission_budget(f.kernel.retries2, f.kernel.rto_max);
    // The gap that is taken back is one of those before the limit, the last of which is half as long as the limit; and the
    // re-arming does not know the user timeout.
    const Duration one_gap = std::min(std::max(f.rto, limit / 4), f.kernel.rto_max);
    return {std::min(silent.from, std::max(limit, soonest)), silent.to + one_gap};
}

Window first_icmp_error(const Flight& f) {
    if (f.icmp.after.to > 0ns)
        return late_answer(f);
    const auto first = [](const Run& run) { return run.first_told.value_or(run.end); };
    return from_event(over_runs(f, 0ns, soon, first), f.kernel.hz);
}

Window first_soft_error(const Flight& f) {
    if (f.icmp.after.to > 0ns)
        return late_answer(f);
    const auto first = [](const Run& run) { return run.first_answer.value_or(run.end); };
    return from_event(over_runs(f, 0ns, soon, first), f.kernel.hz);
}

int error_after_icmp(const Flight& f, Duration user_timeout) {
    if (f.icmp.after.to > 0ns) {
        const Window end = late_end(f, user_timeout), answer = late_answer(f);
        // The answers themselves can make the kernel look at its limit, before the error is stored (tcp_ld_RTO_revert()).
        return end.to <= answer.from ? ETIMEDOUT : end.from > answer.to + f.rto ? f.icmp.error : 0;
    }
    bool all = true, none = true;
    for_each_run(f, user_timeout, soon, [&](const Run& run) {
        all &= run.told();
        none &= !run.told();
    });
    return all ? f.icmp.error : none ? ETIMEDOUT : 0;
}

std::string say_soft(const IcmpAnswer& icmp) {
    const std::string late = icmp.after.to > 0ns ? fmt::format(", comes {} after the fault, when ARP has failed,",
                                                               in_seconds(icmp.after))
                                                 : "";
    return fmt::format("; the router's ICMP error{} is only a soft one, kept until then{}", late,
                       icmp.undoes_backoff ? ", and each that comes takes a doubling of the gaps back (RFC 6069)" : "");
}

std::string say_out_of_window() {
    return "; the router's ICMP errors quote the probes' number, one below the first that is unacknowledged, and are "
           "discarded (TcpExtOutOfWindowIcmps)";
}

} // namespace halfopen
