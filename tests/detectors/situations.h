#pragma once
// Situations that tests of predictions begin with.

#include "detectors/detector.h"
#include "harness/trial/kernel_facts.h"
#include "tests/detectors/windows.h"

namespace halfopen::situations {

using namespace std::chrono_literals;

/// The fault right after the last exchange, on an idle link, at HZ 250.
inline Situation right_after(Effect effect, Truth truth, Traffic traffic = Traffic::idle) {
    Situation s;
    s.effect = effect;
    s.truth = truth;
    s.traffic = traffic;
    s.watch_before_fault = {2s, 2s};
    s.signal_interval = 5ms;
    return s;
}

inline Prediction predict(std::string_view spec, const Situation& s) {
    const auto detector = make_detector(spec);
    Situation its_world = s;
    its_world.kernel = kernel_for(*detector, s.kernel);
    return detector->predict(its_world);
}

inline Prediction silent_drop(std::string_view spec, Traffic traffic = Traffic::idle) {
    return predict(spec, right_after(Effect::silence, Truth::unreachable, traffic));
}

inline Prediction reboot(std::string_view spec, Traffic traffic = Traffic::idle) {
    return predict(spec, right_after(Effect::reset_on_send, Truth::gone, traffic));
}

inline Prediction stopped(std::string_view spec, Traffic traffic = Traffic::idle) {
    return predict(spec, right_after(Effect::acknowledges_only, Truth::stuck, traffic));
}

} // namespace halfopen::situations
