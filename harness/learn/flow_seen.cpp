// The part of a lesson that comes after the guess: the failure seen, the guess beside it, the reason.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/learn/flow.h"
#include "harness/learn/number_line.h"
#include "harness/learn/playback.h"
#include "harness/learn/seen.h"
#include "harness/trial/scenario.h"
#include "reports/agreement.h"
#include "reports/text.h"

namespace halfopen {

const Showing& Flow::measured(size_t round) {
    if (!measured_[round]) measured_[round] = measure_(round, hand_in_.rounds[round].detector);
    return *measured_[round];
}

void Flow::keep_what_was_seen(size_t number) {
    const Round& round = lesson_.rounds[number];
    DoneRound& done = hand_in_.rounds[number];
    const Observed seen = observed(done);
    facts_[number].seen = say_observed(seen, done.horizon);
    const Plan plan = plan_of(round, done.detector, 1);
    const auto right = right_answer(round, seen, observed_in_theory(plan.trials.front()));
    done.right = right ? std::optional{static_cast<int>(*right)} : std::nullopt;
}

Flow::Move Flow::observe(size_t number) {
    DoneRound& done = hand_in_.rounds[number];
    const Showing& run = measured(number);
    if (run.recorded && run.trials.front().spec != done.detector) { // Nobody recorded the parameters of every learner.
        done.detector = run.trials.front().spec;
        facts_[number] = facts_of(lesson_, specs())[number];
        done.predicted = facts_[number].predicted;
        console_.prose(fmt::format("The recording is of {}.", facts_[number].method));
    }
    done.where = run.where;
    done.recorded = run.recorded;
    done.noticed_after.clear();
    for (const TrialLine& trial : run.trials) done.noticed_after.push_back(trial.noticed_after);
    const TrialLine& last = slowest(run.trials);
    done.signal = last.signal;
    done.horizon = last.horizon;
    keep_what_was_seen(number);
    save();
    console_.prose(fmt::format("{}: {}{}.", run.recorded ? "Recorded before, on the " + run.where : "Measured in the " + run.where,
                              counted(static_cast<int>(run.trials.size()), "trial"), run.how_long.empty() ? "" : "; " + run.how_long));
    console_.prose(fmt::format("This is what crossed the links{} (Enter shows the rest at once):",
                               run.trials.size() == 1 ? "" : last.noticed_after ? " in the slowest of them" : " in one of them"));
    play(console_, last, !run.recorded);
    console_.line();
    return press_enter(number);
}

/// Before a trial the rules leave its moment open, and the ladder's prediction was made when it was known.
std::string Flow::once_it_was_known(size_t number) const {
    if (!measured_[number]) return "";
    const auto& window = slowest(measured_[number]->trials).predicted.after;
    if (!window || window->to <= prompt_limit) return "";
    const std::string exactly = time_range(*window);
    return hand_in_.rounds[number].predicted.starts_with(exactly) ? "" : fmt::format(" (and, once the moment of the trial in the ladder was known, {})", exactly);
}

Flow::Move Flow::compare(size_t number) {
    const Round& round = lesson_.rounds[number];
    const DoneRound& done = hand_in_.rounds[number];
    if (done.where.empty()) {
        console_.line("Nothing was seen here; go back to see it.");
        return press_enter(number);
    }
    const auto chosen = done.chosen ? std::optional{round.choices[static_cast<size_t>(*done.chosen)]} : std::nullopt;
    const int noticed = static_cast<int>(std::count_if(done.noticed_after.begin(), done.noticed_after.end(), [](const auto& t) { return t.has_value(); }));
    const bool alive = find_scenario(round.scenario).truth == Truth::alive;
    if (!console_.style().plain) console_.line(number_line(chosen, done.noticed_after, console_.width()));
    console_.prose(fmt::format("{}. Seen: {} ({} of {} {}). Predicted by the rules: {}{}.",
                               chosen ? fmt::format("You said: {}", chosen->says) : "You gave no answer", *facts_[number].seen, noticed,
                               done.noticed_after.size(), alive ? "called the client gone" : "noticed", done.predicted, once_it_was_known(number)));
    if (alive && noticed > 0) console_.prose("The client was well: this is a false alarm.");
    if (!done.right)
        console_.prose("None of the answers fits what was seen: this run left its prediction. Its report shows how.");
    else if (!chosen)
        console_.prose(fmt::format("The answer that fits is \"{}\".", round.choices[static_cast<size_t>(*done.right)].says));
    else if (*done.chosen == *done.right)
        console_.prose(done.sure == 1 ? "Right, and you called it a guess: now find out why." : "Right.");
    else
        console_.prose(fmt::format("Not so. The answer that fits is \"{}\".{}", round.choices[static_cast<size_t>(*done.right)].says,
                                   chosen->belief.empty() ? "" : fmt::format(" What many believe with you: {}.", chosen->belief)));
    return press_enter(number);
}

Flow::Move Flow::explain(size_t number) {
    DoneRound& done = hand_in_.rounds[number];
    if (done.where.empty()) return press_enter(number);
    const Typed own = ask("Why was it so, in your own words? > ", number);
    if (own.move && *own.move != Move::next) return *own.move;
    if (!own.text.empty()) done.explanation = own.text;
    console_.line();
    console_.prose(filled(lesson_.rounds[number].explained, number));
    const Plan plan = plan_of(lesson_.rounds[number], done.detector, 1);
    if (const auto& steps = plan.trials.front().planned->steps; !steps.empty()) {
        console_.line();
        console_.line("The arithmetic of it:");
        for (const std::string& step : steps) console_.line("  " + wrapped(step, console_.width() - 2, "    "));
    }
    console_.line();
    if (own.move || done.explanation.empty()) return press_enter(number);
    for (;;) {
        const Typed mark = ask("Did you say the same (1), partly (2), or not (3)? > ", number);
        if (mark.move) return *mark.move;
        if (const auto level = place(mark.text, 3)) {
            done.mark = std::array{"same", "partly", "different"}[*level];
            return Move::next;
        }
        console_.line("1, 2 or 3.");
    }
}

} // namespace halfopen
