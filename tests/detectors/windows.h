#pragma once
// How tests say where a measured time must lie.

#include "support/catch.h"

#include "detectors/theory/retransmission.h"

namespace halfopen::windows {

/// 3.416 as a Duration.
constexpr Duration seconds(double s) {
    return Duration{static_cast<int64_t>(s * 1e9 + (s < 0 ? -0.5 : 0.5))};
}

/// The report grants every prediction this much for waking up.
inline constexpr Duration scheduling = std::chrono::milliseconds{20};

inline void require_holds(Window predicted, double measured) {
    INFO("measured " << measured << " s, predicted " << static_cast<double>(predicted.from.count()) / 1e9
                     << " to " << static_cast<double>(predicted.to.count()) / 1e9 << " s");
    CHECK(predicted.from - scheduling <= seconds(measured));
    CHECK(seconds(measured) <= predicted.to + scheduling);
}

/// Both ends within 5 ms: the windows of the tables are rounded.
inline void require_is(Window predicted, double from, double to) {
    INFO("predicted " << static_cast<double>(predicted.from.count()) / 1e9 << " to "
                      << static_cast<double>(predicted.to.count()) / 1e9 << " s, expected " << from << " to "
                      << to);
    CHECK(std::abs(predicted.from.count() - seconds(from).count()) <= 5'000'000);
    CHECK(std::abs(predicted.to.count() - seconds(to).count()) <= 5'000'000);
}

/// One small segment at HZ 250 on a link without delay, where the RTO is 204 ms.
inline Flight one_segment() {
    Flight f;
    f.rto = std::chrono::milliseconds{204};
    f.srtt = std::chrono::microseconds{50};
    return f;
}

} // namespace halfopen::windows
