#include "detectors/theory/situation.h"

#include <array>

namespace halfopen {

std::string_view name(Effect effect) {
    using namespace std::string_view_literals;
    constexpr std::array names{"nothing"sv, "signals"sv, "fin"sv,           "half-close"sv,
                               "reset"sv,   "silence"sv, "reset-on-send"sv, "acknowledges-only"sv,
                               "slow"sv,    "large-lost"sv, "lossy"sv, "flapping"sv, "fin-then-silence"sv};
    return names[static_cast<size_t>(effect)];
}

OtherPackets other_packets(const Situation& s) {
    const bool pass = s.effect != Effect::silence && s.effect != Effect::fin_then_silence;
    return s.other_packets.value_or(OtherPackets{pass || s.client_is_heard, pass});
}

bool client_goes_on(Effect effect) {
    switch (effect) {
    case Effect::fin:
    case Effect::fin_then_silence:
    case Effect::reset:
    case Effect::reset_on_send:
    case Effect::acknowledges_only: return false;
    default: return true;
    }
}

} // namespace halfopen
