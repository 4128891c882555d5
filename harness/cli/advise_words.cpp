#include "harness/cli/advise_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "detectors/recipes.h"
#include "reports/agreement.h"
#include "reports/text.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

constexpr size_t columns = 80;

std::string paragraph(const std::string& text, const std::string& indent = "") {
    return wrapped(text, columns, indent) + "\n";
}

bool asks_the_program(const Detector& detector) {
    return detector.hello_interval() > 0ns || detector.describe().job == Job::both;
}

/// "30 s", as it was asked for: no decimals that nobody wrote.
std::string exactly(Duration d) {
    if (d >= 100s) return say(d);
    std::string text = spell(d);
    return text.insert(text.find_first_not_of("0123456789"), " ");
}

std::string say_recipe(const Recipe& recipe) {
    const std::string indent(9, ' ');
    std::string text, name = pad_right(recipe.who, indent.size());
    for (const std::string& line : recipe.lines) {
        text += name + line + "\n";
        name = indent;
    }
    if (recipe.limits.empty()) return text;
    text += name;
    for (const char c : wrapped(recipe.limits, columns - indent.size()))
        text += c == '\n' ? "\n" + indent : std::string(1, c);
    return text + "\n";
}

std::string say_kernel_settings(const SocketTimers& timers) {
    std::string text;
    for (const std::string& line : setsockopt_lines(timers)) text += line + "\n";
    text += "\n";
    for (const Recipe& recipe : recipes(timers)) text += say_recipe(recipe);
    return text;
}

std::string say_asking(const Detector& detector) {
    const Timing timing = detector.timing();
    std::string text = paragraph("No option of the kernel does this: the server's program and the client's must.");
    if (detector.hello_interval() > 0ns)
        return text + paragraph(fmt::format(
                          "The client's worker says hello every {}, whatever else it does; the server closes "
                          "when nothing came for {}.",
                          exactly(timing.period), exactly(timing.limit)));
    for (const Recipe& recipe : asking_recipes(timing.period, timing.limit)) text += say_recipe(recipe);
    return text;
}

std::string row(std::string_view failure, std::string_view traffic, std::string_view rules, std::string_view measured) {
    std::string line =
        pad_right(std::string(failure), 22) + pad_right(std::string(traffic), 18) + pad_left(std::string(rules), 15);
    if (!measured.empty()) line += pad_left(std::string(measured), 25);
    return line + "\n";
}

std::string say_worst(Duration d) { return d <= prompt_limit ? "at once" : say(d); }

std::string say_measured(const MeasuredCell& cell) {
    if (cell.misjudged) return fmt::format("{} misjudged", cell.misjudged);
    if (cell.missed) return fmt::format("{} not noticed", cell.missed);
    if (cell.noticed) return fmt::format("{} ({})", say(cell.slowest), cell.noticed);
    return cell.invalid ? "invalid" : "not run";
}

/// "idle, receiving or one-write".
std::string any_of(const std::vector<std::string>& items) {
    std::string text = list_of(items);
    if (const size_t at = text.rfind(" and "); at != std::string::npos) text.replace(at, 5, " or ");
    return text;
}

std::string say_blind_spot(const BlindSpot& spot) {
    const std::string traffic = any_of(spot.traffic);
    const Prediction& p = spot.prediction;
    if (spot.kills_the_living)
        return fmt::format("A client that lives, and does not read, is called dead ({}): {}", traffic, p.rule);
    const std::string when = p.kind == Prediction::Kind::never     ? "never"
                             : p.kind == Prediction::Kind::unknown ? "no rule says when"
                                                                   : "after up to " + say(p.after.to);
    return fmt::format("{} ({}): {}. {}", list_of(spot.scenarios), traffic, when, capital(p.rule));
}

} // namespace

std::string say_settings(const Advice& advice) {
    const Detector& detector = *advice.detector;
    std::string text = paragraph(fmt::format("Settings: {}", detector.label()));
    if (!advice.caution.empty()) text += paragraph("Mind: " + advice.caution + ".");
    const SocketTimers timers = detector.socket_timers();
    text += "\n";
    if (asks_the_program(detector)) return text + say_asking(detector);
    if (timers.keepalive || timers.user_timeout > 0ns) return text + say_kernel_settings(timers);
    return text + paragraph("Nothing is to be set: call recv() and act on what it returns.");
}

Measured slowest_of(const Records& records) {
    Measured all;
    for (const TrialLine& t : records.trials) {
        MeasuredCell& cell = all[{t.scenario, t.traffic}];
        switch (t.outcome) {
        case Outcome::noticed:
            ++cell.noticed;
            cell.slowest = std::max(cell.slowest, t.noticed_after.value_or(0ns));
            break;
        case Outcome::missed: ++cell.missed; break;
        case Outcome::skipped: ++cell.not_run; break;
        case Outcome::invalid: ++cell.invalid; break;
        default: ++cell.misjudged;
        }
        if (!t.why.empty()) cell.why = t.why;
    }
    return all;
}

std::string say_table(const Advice& advice, const Measured* measured) {
    std::string text = row("failure", "traffic", "rules: at worst", measured ? "slowest measured (of)" : "");
    for (const AdvisedCell& cell : advice.cells) {
        const std::string traffic(info(cell.traffic).name);
        std::string beside;
        if (measured) {
            const auto at = measured->find({cell.scenario->name, traffic});
            beside = at == measured->end() ? "not run" : say_measured(at->second);
        }
        text += row(cell.scenario->name, traffic, say_worst(cell.prediction.after.to), beside);
    }
    return text;
}

std::string say_price(const Advice& advice, const AdviceRequest& request) {
    const int64_t packets = packets_per_idle_hour(*advice.detector);
    std::string text = paragraph(
        packets == 0 ? std::string("No packet in an idle hour: nothing is sent while nothing is unacknowledged.")
                     : fmt::format("At most {} packets in an idle hour with a healthy client, both directions together "
                                   "(computed, not measured).",
                                   packets));
    const auto spots = blind_spots(*advice.detector, request.within, request.kernel);
    if (spots.empty())
        return text + paragraph(fmt::format("Of the catalogue's failures, every one is noticed within {}.",
                                            exactly(request.within)));
    text += "\n" + paragraph(fmt::format("What these settings do not notice within {}:", exactly(request.within)));
    for (const BlindSpot& spot : spots) text += paragraph("- " + say_blind_spot(spot) + ".", "  ");
    return text;
}

std::string say_refusal(const Advice& advice) {
    std::string text = paragraph(capital(advice.why_not) + ".");
    for (const NearMiss& miss : advice.near)
        text += paragraph(fmt::format("- {}: {}", miss.detector->label(), miss.why), "  ");
    if (!advice.least.empty())
        text += paragraph(fmt::format("The nearest that can: halfopen advise --within {} ...", advice.least));
    return text;
}

Result say_result(const Advice& advice, Duration within, const Measured& measured) {
    Result result;
    int judged = 0, late = 0, beyond = 0;
    std::string why;
    for (const AdvisedCell& cell : advice.cells) {
        const auto at = measured.find({cell.scenario->name, std::string(info(cell.traffic).name)});
        const MeasuredCell m = at == measured.end() ? MeasuredCell{} : at->second;
        judged += m.noticed + m.missed + m.misjudged;
        late += m.missed || m.misjudged || (m.noticed && m.slowest > within);
        beyond += m.noticed && m.slowest > cell.prediction.after.to + scheduling_allowance;
        result.invalid = result.invalid || m.invalid;
        if (!m.why.empty()) why = m.why;
    }
    result.nothing_ran = judged == 0 && !result.invalid;
    result.kept = late == 0;
    if (judged == 0) {
        result.sentence = fmt::format("Nothing was measured: {}.", why.empty() ? "no trial came to its end" : why);
        return result;
    }
    result.sentence = late ? fmt::format("{} noticed within {}.",
                                         late == 1 ? "One failure was not" : fmt::format("{} failures were not", late),
                                         exactly(within))
                           : fmt::format("All {} noticed within {}", counted(judged, "trial"), exactly(within));
    if (!late)
        result.sentence +=
            beyond ? fmt::format(", but {} later than the rules say: please report it.", counted(beyond, "failure"))
                   : ", none later than the rules say.";
    if (result.invalid) result.sentence += fmt::format(" Some trials are invalid: {}.", why);
    return result;
}

} // namespace halfopen
