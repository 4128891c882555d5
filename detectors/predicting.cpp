#include "detectors/predicting.h"

#include <cerrno>

#include <fmt/format.h>

#include "detectors/theory/words.h"
#include "harness/base/error.h"

namespace halfopen {

using namespace std::chrono_literals;

Prediction never(std::string rule) {
    Prediction p;
    p.rule = std::move(rule);
    return p;
}

Prediction unknown(std::string rule) {
    Prediction p;
    p.kind = Prediction::Kind::unknown;
    p.rule = std::move(rule);
    return p;
}

Prediction hears(const SocketEvent& event, const Hearing& hearing) {
    Prediction p;
    p.rule = event.rule;
    p.steps = event.steps;
    if (event.kind == SocketEvent::Kind::never)
        return p;
    if (event.kind == SocketEvent::Kind::unknown) {
        p.kind = Prediction::Kind::unknown;
        return p;
    }
    p.kind = Prediction::Kind::window;
    p.after = event.after + Window{0ns, hearing.look};
    if (hearing.look > 0ns)
        p.rule += fmt::format("; it looks every {}", plain(hearing.look));
    if (event.kind == SocketEvent::Kind::eof) {
        p.verdict = hearing.eof_verdict;
        p.signal = hearing.eof;
    }
    if (event.kind == SocketEvent::Kind::error && event.error != 0)
        // EPIPE is said to whoever writes, and to nobody else.
        p.signal = fmt::format("{}: {}", event.error == EPIPE ? "send" : hearing.error_call, errno_name(event.error));
    return p;
}

Prediction earlier(const Prediction& a, const Prediction& b) {
    if (b.kind == Prediction::Kind::never)
        return a;
    if (a.kind == Prediction::Kind::never)
        return b;
    if (a.kind == Prediction::Kind::unknown)
        return b.kind == Prediction::Kind::window && b.after.to <= at_once.to ? b : a;
    if (b.kind == Prediction::Kind::unknown)
        return a.after.to <= at_once.to ? a : b;
    if (a.after.to < b.after.from)
        return a;
    if (b.after.to < a.after.from)
        return b;
    Prediction both = a.after.from <= b.after.from ? a : b;
    const Prediction& other = a.after.from <= b.after.from ? b : a;
    both.after.to = std::min(a.after.to, b.after.to);
    if (a.signal != b.signal)
        both.signal.clear();
    both.rule = fmt::format("whichever comes first: {}; or {}", both.rule, other.rule);
    both.steps.insert(both.steps.end(), other.steps.begin(), other.steps.end());
    return both;
}

Window waited_before_fault(const Situation& s) {
    return {std::min(s.message_before_fault.from, s.watch_before_fault.from),
            std::min(s.message_before_fault.to, s.watch_before_fault.to)};
}

Duration poll_lateness(Duration timeout) { return 1ms + std::min<Duration>(timeout / 1000, 100ms); }

std::string label_with_changes(const Detector& detector) {
    const Description& about = detector.describe();
    std::string label(about.label);
    for (const SettingInfo& setting : about.settings) {
        if (!detector.settings().has(setting.name))
            continue;
        const std::string value(detector.settings().choice(setting.name));
        if (value == setting.fallback)
            continue;
        const bool duration = setting.unit == SettingInfo::Unit::duration;
        label += fmt::format(", {} {}", setting.name,
                             duration ? plain(detector.settings().duration(setting.name)) : value);
    }
    return label;
}

bool client_lives(Effect effect) {
    return effect == Effect::nothing || effect == Effect::signals || effect == Effect::slow ||
           effect == Effect::lossy || effect == Effect::flapping || effect == Effect::large_lost;
}

bool hellos_go_on(const Situation& s) {
    return client_lives(s.effect) || (s.effect == Effect::acknowledges_only && s.goes_on != GoesOn::nothing);
}

bool traffic_goes_on(const Situation& s) {
    return client_lives(s.effect) || (s.effect == Effect::acknowledges_only && s.goes_on == GoesOn::writing);
}

bool fills_client(const Situation& s) {
    return s.effect == Effect::acknowledges_only &&
           (s.traffic == Traffic::sending || (s.traffic == Traffic::request_response && traffic_goes_on(s)));
}

bool answers_pings(const Situation& s) {
    return client_lives(s.effect) && !(writes_vanish(s) && unanswered_write_of(s, std::nullopt));
}

Window last_answer(const Situation& s, Window before, Duration interval) {
    const auto write = next_write_of(s);
    if (s.effect != Effect::large_lost || !write || interval - before.to > write->to)
        return before;
    return {-write->to, before.to};
}

} // namespace halfopen
