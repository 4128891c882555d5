#include "harness/base/outcome.h"

#include "harness/base/names.h"

namespace halfopen {

namespace {
using namespace std::string_view_literals;
constexpr std::array truths{"alive"sv, "half-closed"sv, "stuck"sv, "unreachable"sv, "gone"sv};
constexpr std::array verdicts{"eof"sv, "gone"sv};
constexpr std::array outcomes{"quiet"sv,       "noticed"sv, "missed"sv, "misread"sv,
                              "false-alarm"sv, "skipped"sv, "invalid"sv};
} // namespace

Outcome judge(Truth truth, std::optional<Verdict> verdict, bool before_fault) {
    if (!verdict) return truth == Truth::alive ? Outcome::quiet : Outcome::missed;
    if (truth == Truth::alive || before_fault) return Outcome::false_alarm;
    if (truth == Truth::half_closed && *verdict == Verdict::gone) return Outcome::misread;
    return Outcome::noticed;
}

std::string_view name(Truth t) { return truths[static_cast<size_t>(t)]; }
std::string_view name(Verdict v) { return verdicts[static_cast<size_t>(v)]; }
std::string_view name(Outcome o) { return outcomes[static_cast<size_t>(o)]; }
std::optional<Truth> parse_truth(std::string_view word) { return parse_enum<Truth>(truths, word); }
std::optional<Verdict> parse_verdict(std::string_view word) { return parse_enum<Verdict>(verdicts, word); }
std::optional<Outcome> parse_outcome(std::string_view word) { return parse_enum<Outcome>(outcomes, word); }
std::string all_truths() { return join_names(truths); }

} // namespace halfopen
