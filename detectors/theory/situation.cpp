#include "detectors/theory/situation.h"

#include <array>

#include "harness/base/names.h"

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

namespace {
constexpr std::array<std::string_view, 7> stages{"established", "syn-received", "no-place", "not-accepted",
                                                 "close-wait",  "half-shut",    "orphan"};
} // namespace

std::string_view name(Stage stage) { return stages[static_cast<size_t>(stage)]; }
std::optional<Stage> parse_stage(std::string_view word) { return parse_enum<Stage>(stages, word); }
std::string all_stages() { return join_names(stages); }

std::string_view why_no_descriptor(Stage stage) {
    switch (stage) {
    case Stage::syn_received:
    case Stage::no_place:
    case Stage::not_accepted: return "no descriptor before accept()";
    case Stage::orphan: return "no descriptor after close()";
    default: return {};
    }
}

bool is_watched_late(Stage stage) {
    return stage == Stage::syn_received || stage == Stage::no_place || stage == Stage::close_wait;
}

} // namespace halfopen
