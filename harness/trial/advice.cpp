#include "harness/trial/advice.h"

#include <algorithm>

#include <fmt/format.h>

#include "detectors/theory/words.h"
#include "harness/trial/advice_search.h"
#include "harness/trial/plan.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

bool makes_sense(const Scenario& scenario, Traffic traffic) {
    return std::find(scenario.traffic.begin(), scenario.traffic.end(), traffic) != scenario.traffic.end();
}

template <typename T> void add_once(std::vector<T>& list, const T& item) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

/// A failure on a link without a delay: the others differ by their round trip only.
bool is_plain_failure(const Scenario& s) { return s.truth != Truth::alive && s.one_way == 0ns; }

/// What it costs when so few tries decide.
std::string caution_of(int tries) {
    if (tries >= 3) return {};
    return fmt::format("{} in so short a time: {} lost {} a client that lives",
                       tries == 1 ? "only one try fits" : "only two tries fit", tries == 1 ? "one" : "two",
                       tries == 1 ? "packet ends" : "packets in a row end");
}

/// Why these settings do not do it, and by how much.
NearMiss miss_of(std::shared_ptr<const Detector> detector, const Judgement& judged) {
    NearMiss miss{std::move(detector), judged.worst, {}};
    if (!judged.wrong.empty()) {
        miss.worst = 0ns;
        miss.why = judged.wrong;
    } else {
        const auto slowest =
            std::max_element(judged.cells.begin(), judged.cells.end(), [](const auto& a, const auto& b) {
                return a.prediction.after.to < b.prediction.after.to;
            });
        miss.why = fmt::format("{} at its fastest, for {} ({})", say(judged.worst), slowest->scenario->name,
                               info(slowest->traffic).name);
    }
    return miss;
}

/// A limit that can be typed again: whole seconds above ten, tenths below, rounded up.
std::string typed(Duration d) {
    const Duration unit = d >= 10s ? Duration{1s} : Duration{100ms};
    const Duration up = (d + unit - 1ns) / unit * unit;
    return spell(up);
}

Advice no_settings(const AdviceRequest& request, std::vector<NearMiss> near) {
    Advice advice;
    advice.near = std::move(near);
    Duration least{0};
    for (const NearMiss& miss : advice.near)
        if (miss.worst > 0ns && (least == 0ns || miss.worst < least)) least = miss.worst;
    if (least > 0ns) advice.least = typed(least);
    advice.why_not =
        least > 0ns ? fmt::format("no settings notice all of this within {}; the least that can be asked for is {}",
                                  plain(request.within), typed(least))
                    : "no settings notice all of this, however long they may take";
    return advice;
}

} // namespace

bool AdvisedCell::is_noticed(Duration within) const {
    return prediction.kind == Prediction::Kind::window && prediction.after.to <= within &&
           prediction.outcome(scenario->truth, Duration::max()) == Outcome::noticed;
}

AdviceRequest default_request(Duration within, const KernelFacts& kernel) {
    AdviceRequest request{within, {Traffic::idle, Traffic::one_write}, {}, kernel};
    for (const char* name : {"silent-drop", "host-crash", "host-reboot", "reset-by-middlebox"})
        request.must_notice.push_back(&find_scenario(name));
    return request;
}

std::vector<std::pair<const Scenario*, Traffic>> asked_cells(const AdviceRequest& request) {
    std::vector<std::pair<const Scenario*, Traffic>> cells;
    for (const Scenario* scenario : request.must_notice)
        for (const Traffic traffic : request.traffic) {
            if (makes_sense(*scenario, traffic)) add_once(cells, {scenario, traffic});
            if (traffic == Traffic::request_response && makes_sense(*scenario, Traffic::in_flight))
                add_once(cells, {scenario, Traffic::in_flight});
        }
    return cells;
}

Prediction over_all_phases(const Scenario& scenario, Traffic traffic, const Detector& detector,
                           const KernelFacts& kernel) {
    // As a plan has it: where the fault meets the beat of the traffic is left open by up to 60 ms.
    const Window before = over_a_period(scenario, detector) + Window{0ns, 60ms};
    return detector.predict(planned_situation(scenario, traffic, detector, before, kernel));
}

Advice advise(const AdviceRequest& request) {
    for (const Scenario* scenario : request.must_notice)
        if (scenario->truth == Truth::alive) {
            Advice advice;
            advice.why_not = fmt::format(
                "there is nothing to notice: in {} the client is alive; what breaks: halfopen list scenarios",
                scenario->name);
            return advice;
        }
    std::vector<NearMiss> near;
    const Judge judge(request);
    for (const Candidate& candidate : candidates(request.within)) {
        const Found found = search(candidate, judge);
        if (!found.fits) {
            near.push_back(miss_of(found.detector, found.judged));
            continue;
        }
        Advice advice;
        advice.detector = found.detector;
        advice.cells = found.judged.cells;
        advice.caution = caution_of(found.tries);
        return advice;
    }
    return no_settings(request, std::move(near));
}

int64_t packets_per_idle_hour(const Detector& detector) {
    const auto every = [](Duration period, int64_t packets) { return packets * ((3600s + period - 1ns) / period); };
    if (const Duration hello = detector.hello_interval(); hello > 0ns) return every(hello, 2);
    if (detector.describe().job == Job::both && detector.timing().period > 0ns)
        return every(detector.timing().period, 3);
    const SocketTimers timers = detector.socket_timers();
    return timers.keepalive ? every(timers.idle, 2) : 0;
}

std::vector<BlindSpot> blind_spots(const Detector& detector, Duration within, const KernelFacts& kernel) {
    struct Seen {
        Effect effect;
        Prediction::Kind kind;
        bool kills, full;
        BlindSpot spot;
    };
    std::vector<Seen> all;
    for (const Scenario& scenario : scenarios()) {
        const bool lives = scenario.effect() == Effect::nothing;
        if (!lives && !is_plain_failure(scenario)) continue;
        for (const Traffic traffic : scenario.traffic) {
            if (!detector.skip_reason(traffic).empty()) continue;
            const AdvisedCell cell{&scenario, traffic, over_all_phases(scenario, traffic, detector, kernel)};
            const bool full = traffic == Traffic::buffer_full; // Another timer runs then: persist.
            if (lives ? cell.prediction.kind != Prediction::Kind::window : cell.is_noticed(within)) continue;
            const auto same = std::find_if(all.begin(), all.end(), [&](const Seen& s) {
                return s.effect == scenario.effect() && s.kind == cell.prediction.kind && s.kills == lives &&
                       s.full == full;
            });
            Seen& seen =
                same != all.end()
                    ? *same
                    : all.emplace_back(
                          Seen{scenario.effect(), cell.prediction.kind, lives, full, {{}, {}, cell.prediction, lives}});
            add_once(seen.spot.scenarios, scenario.name);
            add_once(seen.spot.traffic, std::string(info(traffic).name));
            if (cell.prediction.after.to > seen.spot.prediction.after.to) seen.spot.prediction = cell.prediction;
        }
    }
    std::vector<BlindSpot> spots;
    for (Seen& seen : all) spots.push_back(std::move(seen.spot));
    return spots;
}

} // namespace halfopen
