#include "detectors/theory/situation.h"

#include <array>

namespace halfopen {

std::string_view name(Effect effect) {
    using namespace std::string_view_literals;
    constexpr std::array names{"nothing"sv, "signals"sv, "fin"sv,           "half-close"sv,
                               "reset"sv,   "silence"sv, "reset-on-send"sv, "acknowledges-only"sv,
                               "slow"sv,    "large-lost"sv, "lossy"sv};
    return names[static_cast<size_t>(effect)];
}

} // namespace halfopen
