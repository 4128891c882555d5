#include "support/cells.h"

#include <poll.h>

#include "harness/trial/schedule.h"
#include "harness/trial/session.h"

namespace halfopen::testing {

std::vector<TrialLine> run_trials(std::vector<PlannedTrial> trials) {
    LabTask task{std::move(trials)};
    task.worlds = 250; // With sanitizers each has some ten megabytes of its own.
    NamespacesSession session(std::move(task));
    std::vector<TrialLine> lines;
    for (;;) {
        pollfd readable{session.fd(), POLLIN, 0};
        poll(&readable, 1, -1);
        while (const auto heard = session.hear()) {
            if (const auto* line = std::get_if<TrialLine>(&*heard)) lines.push_back(*line);
            if (std::holds_alternative<Finished>(*heard)) return lines;
        }
    }
}

std::vector<TrialLine> run_cells(const Selection& selection) { return run_cells(std::vector{selection}); }

std::vector<TrialLine> run_cells(const std::vector<Selection>& selections) {
    std::vector<PlannedTrial> trials;
    for (const Selection& selection : selections) {
        auto some = make_plan(selection).trials;
        std::move(some.begin(), some.end(), std::back_inserter(trials));
    }
    std::map<std::string, TrialLine> answers;
    // What the machine spoils four times in a row is tried once more in a lab of its own, later: a busy machine is
    // no answer, and no failure of the program either.
    for (int round = 0; round < 3 && !trials.empty(); ++round) {
        for (const TrialLine& line : run_trials(trials)) answers[line.id] = line;
        std::erase_if(trials, [&](const PlannedTrial& t) { return !answers.at(t.id).why.starts_with(noisy); });
    }
    std::vector<TrialLine> lines;
    for (auto& [id, line] : answers) lines.push_back(line);
    return lines;
}

std::map<std::string, TrialLine> by_id(const std::vector<TrialLine>& lines) {
    std::map<std::string, TrialLine> all;
    for (const TrialLine& line : lines) all[line.id] = line;
    return all;
}

std::string say(const TrialLine& line) {
    std::string text(name(line.outcome));
    if (!line.signal.empty()) text += " " + line.signal;
    if (!line.why.empty()) text += " (" + line.why + ")";
    return text;
}

} // namespace halfopen::testing
