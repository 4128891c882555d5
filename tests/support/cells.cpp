#include "support/cells.h"

#include <poll.h>

#include "harness/trial/session.h"

namespace halfopen::testing {

std::vector<TrialLine> run_trials(std::vector<PlannedTrial> trials) {
    Session session(std::move(trials), 1, 0);
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

std::vector<TrialLine> run_cells(const Selection& selection) { return run_trials(make_plan(selection).trials); }

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
