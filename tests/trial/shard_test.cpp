// A plan dealt out to several machines.

#include <numeric>

#include "harness/base/error.h"
#include "harness/trial/shard.h"
#include "support/catch.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

std::vector<Duration> expected_of_starter() {
    Selection selection;
    selection.what = {"starter"};
    std::vector<Duration> expected;
    for (const PlannedTrial& t : make_plan(selection).trials) expected.push_back(expected_duration(t));
    return expected;
}

} // namespace

TEST_CASE("every trial is in exactly one shard") {
    const auto expected = expected_of_starter();
    for (const int count : {1, 2, 3, 7, 1000}) {
        std::vector<int> times(expected.size());
        for (int k = 1; k <= count; ++k)
            for (const size_t place : dealt(expected, {k, count})) ++times[place];
        INFO(count << " shards");
        CHECK(std::all_of(times.begin(), times.end(), [](int n) { return n == 1; }));
    }
}

TEST_CASE("shards take about as long as one another, though trials take from nothing to minutes") {
    const auto expected = expected_of_starter();
    std::vector<Duration> sums;
    for (int k = 1; k <= 8; ++k) {
        Duration sum{0};
        for (const size_t place : dealt(expected, {k, 8})) sum += expected[place];
        sums.push_back(sum);
    }
    const auto [least, most] = std::minmax_element(sums.begin(), sums.end());
    CHECK(*most - *least <= *std::max_element(expected.begin(), expected.end()));
}

TEST_CASE("a shard is written as its number and their count") {
    CHECK(parse_shard("2/4") == Shard{2, 4});
    CHECK(parse_shard("1/1") == Shard{1, 1});
    for (const char* wrong : {"0/4", "5/4", "2", "2/", "/4", "2/4/8", "a/b", "-1/4", "2/4x", ""}) {
        INFO(wrong);
        CHECK_THROWS_AS(parse_shard(wrong), BadInput);
    }
}
