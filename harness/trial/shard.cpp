#include "harness/trial/shard.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "harness/base/error.h"

namespace halfopen {

Shard parse_shard(const std::string& text) {
    Shard shard;
    const char* end = text.data() + text.size();
    const auto number = std::from_chars(text.data(), end, shard.number);
    const bool has_count = number.ec == std::errc{} && number.ptr != end && *number.ptr == '/';
    const auto count = has_count ? std::from_chars(number.ptr + 1, end, shard.count) : number;
    if (!has_count || count.ec != std::errc{} || count.ptr != end || shard.number < 1 || shard.count < 1 || shard.number > shard.count)
        throw BadInput(fmt::format("--shard {}: write it as --shard 1/4, the first of four", text));
    return shard;
}

Duration expected_duration(const PlannedTrial& t) {
    if (!t.skip.empty()) return Duration{0};
    const bool ends = t.planned->kind == Prediction::Kind::window && t.planned->after.to < t.horizon;
    return t.before_fault + std::max(Duration{0}, ends ? t.planned->after.to : t.horizon);
}

std::set<size_t> dealt(const std::vector<Duration>& expected, const Shard& shard) {
    std::vector<size_t> order(expected.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return expected[a] > expected[b]; });
    const auto count = static_cast<size_t>(shard.count), mine = static_cast<size_t>(shard.number - 1);
    std::set<size_t> places;
    for (size_t i = 0; i < order.size(); ++i) {
        const size_t round = i / count, place = i % count;
        if ((round % 2 == 0 ? place : count - 1 - place) == mine) places.insert(order[i]);
    }
    return places;
}

} // namespace halfopen
