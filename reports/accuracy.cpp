// How often a method is wrong about a client that is alive: rates with exact bounds, and for methods that can change
// their mind how long a mistake lasts. The words are those of Chen, Toueg and Aguilera ("On the quality of service of
// failure detectors", IEEE Transactions on Computers 51(5), 2002): T_M is the time until a mistake is taken back, P_A the
// chance that the answer is right when somebody asks while the client is alive.

#include "reports/sections.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "reports/clock.h"
#include "reports/statistics.h"
#include "reports/text.h"
#include "reports/units.h"

namespace halfopen {

namespace {

double hours(Duration d) { return static_cast<double>(d.count()) / 3.6e12; }

/// One row beside clients that stay alive, over all scenarios and profiles.
struct Accuracy {
    const DetectorHead* row = nullptr;
    int trials = 0;
    int alarms = 0;        ///< called dead after something happened that did not kill it
    int early = 0;         ///< called dead before anything happened
    bool takes_back = false; ///< some trial of any scenario holds an opinion
    Duration watched{0};   ///< from the fault to the alarm or the horizon
    Duration suspected{0}; ///< of that, the time in which the client was suspected, and then trusted again
    int suspicions = 0;    ///< that were taken back
};

/// The stretches of a trial after its fault in which the client was suspected and which ended in trust.
void add_suspicions(Accuracy& sum, const TrialLine& trial) {
    std::optional<Duration> since;
    for (const Opinion& opinion : trial.opinions) {
        if (opinion.suspects)
            since = opinion.after_fault;
        if (opinion.suspects || !since || opinion.after_fault < Duration{0})
            continue;
        ++sum.suspicions;
        sum.suspected += opinion.after_fault - std::max(*since, Duration{0});
        since.reset();
    }
}

Accuracy accuracy_of(const Cells& cells, const DetectorHead& row) {
    Accuracy sum;
    sum.row = &row;
    for (const TrialLine& trial : cells.records().trials) {
        if (trial.spec != row.spec || !is_valid(trial.outcome))
            continue;
        sum.takes_back = sum.takes_back || !trial.opinions.empty();
        if (trial.truth != Truth::alive)
            continue;
        ++sum.trials;
        const Duration spoke = trial.noticed_after.value_or(trial.horizon);
        sum.early += spoke < Duration{0};
        sum.alarms += trial.noticed_after && spoke >= Duration{0};
        sum.watched += std::clamp(spoke, Duration{0}, trial.horizon);
        add_suspicions(sum, trial);
    }
    return sum;
}

std::string counts(const Accuracy& a) {
    return fmt::format("{} in {} h ({})", a.alarms, digits(hours(a.watched), 2), counted(a.trials, "trial"));
}

std::string bound(const Accuracy& a) {
    return fmt::format("below {} per hour", digits(rate_below(a.alarms, hours(a.watched)), 3));
}

/// Rows that called nobody dead that was alive, together where they were watched for the same time.
std::string flawless(const std::vector<Accuracy>& all, const std::vector<const DetectorHead*>& heads) {
    std::map<std::string, std::vector<const DetectorHead*>> by_bound;
    for (const Accuracy& a : all)
        if (a.trials > 0 && a.alarms + a.early == 0)
            by_bound[fmt::format("{}: {} at 95 % (exact Poisson bound)", counts(a), bound(a))].push_back(a.row);
    std::string out;
    for (const auto& [text, rows] : by_bound)
        out += fmt::format("- No false alarm, {}{}: {}\n", rows.size() > 1 ? "each " : "", text,
                           md(rows_text(rows, heads)));
    return out;
}

/// Rows that did, one line each.
std::string wrong(const std::vector<Accuracy>& all) {
    std::string lines;
    for (const Accuracy& a : all)
        if (a.alarms + a.early > 0)
            lines += fmt::format("| {} | {} | {} | {} |\n", md(row_name(*a.row)), counts(a),
                                 a.alarms == 0 ? "" : bound(a),
                                 a.early == 0 ? "" : counted(a.early, "trial"));
    return lines.empty() ? ""
                         : "\n| who | false alarms | rate at 95 % | besides, before anything happened |\n"
                           "|:--|:--|:--|:--|\n" +
                               lines;
}

/// Rows that can take a suspicion back.
std::string taken_back(const std::vector<Accuracy>& all) {
    std::string lines;
    for (const Accuracy& a : all) {
        if (!a.takes_back || a.trials == 0 || a.watched == Duration{0})
            continue;
        const double right = 1 - hours(a.suspected) / hours(a.watched);
        lines += fmt::format("| {} | {} | {} | {} |\n", md(row_name(*a.row)), a.suspicions,
                             a.suspicions == 0 ? "" : say(a.suspected / a.suspicions), digits(right, 5));
    }
    return lines.empty() ? ""
                         : "\nTwo words for methods that take a suspicion back: T_M is how long a mistake lasts until it "
                           "is, on average; P_A the share of the time beside a living client in which the answer was "
                           "right. A false alarm itself is final: it closed the connection.\n\n"
                           "| who | suspicions taken back | T_M | P_A |\n|:--|--:|--:|--:|\n" +
                               lines;
}

} // namespace

std::string accuracy_part(const Cells& cells) {
    std::vector<Accuracy> all;
    std::vector<const DetectorHead*> heads;
    int trials = 0;
    for (const DetectorHead& row : cells.detectors()) {
        heads.push_back(&row);
        all.push_back(accuracy_of(cells, row));
        trials += all.back().trials;
    }
    if (trials == 0)
        return "No client was watched that stays alive, so nothing bounds the false alarms.\n";
    const std::string watched =
        in_virtual_time(cells) ? "Watched in virtual time while the client was alive. A guest is never busy, so this "
                                 "bounds the method itself, and not a server under load:\n\n"
                               : "Watched while the client was alive:\n\n";
    return watched + flawless(all, heads) + wrong(all) + taken_back(all);
}

} // namespace halfopen
