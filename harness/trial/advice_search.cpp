#include "harness/trial/advice_search.h"

#include <algorithm>

#include <fmt/format.h>

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// TCP_KEEPIDLE holds no more seconds (include/net/tcp.h: MAX_TCP_KEEPIDLE).
constexpr int64_t longest_idle = 32'767;

/// How much of the time the probes take, as in 60/5/3, where each interval is a fifteenth of the whole: an outage
/// shorter than two intervals ends nothing. Not longer than Linux's own 75 s.
int64_t probing_interval(Duration within) { return std::clamp<int64_t>(within / 15s, 1, 75); }

std::vector<Family> keepalives(std::string_view method, Duration within) {
    const auto family = [&](int tries, int64_t interval) {
        return Family{tries, std::clamp<int64_t>(within / 1s, 1, longest_idle), [=](int64_t idle) {
                          return fmt::format("{}:idle={}s,interval={}s,count={}", method, idle, interval, tries);
                      }};
    };
    std::vector<Family> families;
    for (int64_t interval = probing_interval(within); interval >= 1; interval /= 2)
        families.push_back(family(3, interval));
    families.push_back(family(2, 1));
    families.push_back(family(1, 1));
    return families;
}

/// A limit in seconds, or in tenths of them where that is all there is.
Duration unit_of(Duration within) { return within >= 10s ? Duration{1s} : Duration{100ms}; }

/// Not less than a second: what is lost is sent again 0.2 s and 0.6 s after it was written, and a limit below that
/// would take one lost packet for a vanished client (RFC 6298; TCP_RTO_MIN).
constexpr Duration least_limit = 1s;

/// `most` such steps from the least limit up.
int64_t steps(Duration within) { return std::max<int64_t>(1, (within - least_limit) / unit_of(within) + 1); }
Duration limit_of(Duration within, int64_t step) { return least_limit + (step - 1) * unit_of(within); }

Family user_timeout(Duration within) {
    return {3, steps(within),
            [=](int64_t n) { return fmt::format("user-timeout:timeout={}", spell(limit_of(within, n))); }};
}

/// A quarter of the limit: three asks in a row go unanswered, and each had that long.
Family asking(std::string_view method, Duration within) {
    return {3, steps(within), [=](int64_t n) {
                const Duration limit = limit_of(within, n), unit = limit >= 20s ? Duration{1s} : Duration{50ms};
                return fmt::format("{}:interval={},timeout={}", method, spell(limit / 4 / unit * unit), spell(limit));
            }};
}

std::string cell_name(const Scenario& scenario, Traffic traffic) {
    return fmt::format("{} ({})", scenario.name, info(traffic).name);
}

} // namespace

std::string Judge::called_dead(const Detector& detector) const {
    const Scenario& healthy = find_scenario("healthy");
    for (const Traffic traffic : request_.traffic) {
        const Prediction p = over_all_phases(healthy, traffic, detector, request_.kernel);
        if (p.kind == Prediction::Kind::window)
            return fmt::format("it would call a living client dead ({} traffic): {}", info(traffic).name, p.rule);
    }
    return {};
}

Judgement Judge::operator()(const Detector& detector) const {
    Judgement judged;
    for (const auto& [scenario, traffic] : cells_) {
        if (const std::string skip = detector.skip_reason(traffic); !skip.empty()) judged.wrong = skip;
        const AdvisedCell cell{scenario, traffic, over_all_phases(*scenario, traffic, detector, request_.kernel)};
        judged.cells.push_back(cell);
        judged.worst = std::max(judged.worst, cell.prediction.after.to);
        if (!judged.wrong.empty() || cell.is_noticed(Duration::max())) continue;
        const std::string_view what = cell.prediction.kind == Prediction::Kind::never ? "never notices "
                                      : cell.prediction.kind == Prediction::Kind::unknown
                                          ? "no rule says when it notices "
                                          : "misreads ";
        judged.wrong = fmt::format("{}{}: {}", what, cell_name(*scenario, traffic), cell.prediction.rule);
    }
    if (judged.wrong.empty()) judged.wrong = called_dead(detector);
    return judged;
}

std::vector<Candidate> candidates(Duration within) {
    return {{"recv", {{3, 1, [](int64_t) { return std::string("recv"); }}}},
            {"user-timeout", {user_timeout(within)}},
            {"keepalive", keepalives("keepalive", within)},
            {"keepalive+user-timeout", keepalives("keepalive+user-timeout", within)},
            {"ping-pong", {asking("ping-pong", within)}},
            {"heartbeat", {asking("heartbeat", within)}}};
}

Found search(const Candidate& candidate, const Judge& judge) {
    Found found;
    const auto try_number = [&](const Family& family, int64_t number) {
        const std::shared_ptr<const Detector> detector = make_detector(family.spec(number));
        const Judgement judged = judge(*detector);
        const bool fits = judge.fits(judged);
        if (fits || !found.fits) found = {fits, detector, judged, family.tries};
        return fits;
    };
    for (const Family& family : candidate.families) {
        if (!try_number(family, 1)) continue;
        // Later and later by ever larger numbers: the last that fits, by halving.
        int64_t fits = 1, too_late = family.most + 1;
        while (too_late - fits > 1) {
            const int64_t middle = fits + (too_late - fits) / 2;
            (try_number(family, middle) ? fits : too_late) = middle;
        }
        return found;
    }
    return found;
}

} // namespace halfopen
