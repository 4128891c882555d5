#include "reports/markdown.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/clock.h"
#include "reports/cost.h"
#include "reports/findings.h"
#include "reports/own_server.h"
#include "reports/ladders.h"
#include "reports/sections.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::string percent(int part, int whole) {
    return fmt::format("{:.1f} %", 100.0 * part / std::max(whole, 1));
}

/// The reasons of invalid trials, the most frequent first.
std::string main_reasons(const Cells& cells) {
    std::map<std::string, int> reasons;
    for (const TrialLine& trial : cells.records().trials)
        if (trial.outcome == Outcome::invalid)
            ++reasons[trial.why.substr(0, trial.why.find(':'))];
    std::vector<std::pair<int, std::string>> sorted;
    for (const auto& [reason, count] : reasons)
        sorted.emplace_back(-count, reason.empty() ? "no reason given" : reason);
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::string> words;
    for (const auto& [count, reason] : sorted)
        words.push_back(fmt::format("{} {}", -count, md(reason)));
    words.resize(std::min<size_t>(words.size(), 3));
    return joined(words, ", ");
}

std::string warning_of_invalid(const Cells& cells) {
    return fmt::format(
        "**{} of {} trials ({}) are invalid, more than the 2 % that are accepted: nothing is ranked "
        "here.** Reasons: {}. {}\n\n",
        cells.invalid(), cells.tried(), percent(cells.invalid(), cells.tried()), main_reasons(cells),
        mend_of_invalid(cells));
}

/// Every trial met something that this machine, or its profile, lacks: there is nothing to say but the reasons, once.
std::string not_run_report(const Cells& cells) {
    std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
    for (const TrialLine& trial : cells.records().trials) {
        auto reason = std::find_if(reasons.begin(), reasons.end(), [&](const auto& other) { return other.first == trial.why; });
        if (reason == reasons.end())
            reason = reasons.insert(reasons.end(), {trial.why, {}});
        if (std::find(reason->second.begin(), reason->second.end(), trial.spec) == reason->second.end())
            reason->second.push_back(trial.spec);
    }
    std::string out = "**Nothing could be run.**\n\n";
    for (auto& [why, specs] : reasons) {
        std::transform(specs.begin(), specs.end(), specs.begin(), [](const std::string& spec) { return md_code(spec); });
        out += fmt::format("- {}: {}\n", joined(specs, ", "), md(why));
    }
    return out + "\n";
}

} // namespace

bool nothing_was_run(const Cells& cells) { return cells.tried() == 0 && cells.skipped() > 0; }

std::string headline_lines(const Cells& cells) {
    if (cells.untrustworthy())
        return warning_of_invalid(cells);
    const bool as_list = has_glance(cells); // Many sentences.
    std::string lines;
    for (const std::string& sentence : headline(cells)) {
        const bool opens_list = as_list && sentence.ends_with(':');
        lines += (as_list && !opens_list ? "- " : "") + sentence + (opens_list ? "\n\n" : "\n");
    }
    return lines.empty() ? lines : lines + "\n";
}

std::string control_line(const Cells& cells) {
    std::string lines;
    for (const DetectorHead& control : cells.controls()) {
        int trials = 0;
        int spoke = 0;
        for (const TrialLine& trial : cells.records().trials)
            if (trial.spec == control.spec && is_valid(trial.outcome)) {
                ++trials;
                spoke += trial.verdict ? 1 : 0;
            }
        if (spoke > 0)
            lines += fmt::format(
                "**The control failed**: {} spoke in {} of {} trials; do not trust this run.\n\n",
                md_code(control.name), spoke, trials);
        else if (trials > 0)
            lines += fmt::format("Control: {}, which only waits, said nothing in {}, as it must.\n\n",
                                 md_code(control.name), counted(trials, "trial"));
    }
    return lines;
}

std::string partial_line(const Cells& cells) {
    if (!cells.partial())
        return "";
    const Records& records = cells.records();
    const bool in_shards = std::any_of(records.runs.begin(), records.runs.end(), [](const RunLine& run) {
        return std::find(run.command.begin(), run.command.end(), "--shard") != run.command.end();
    });
    if (in_shards)
        return fmt::format("*This run is made in shards: {} of {} planned trials are here. `halfopen merge` puts shards together, and names "
                           "those that are missing.*\n\n", records.trials.size(), cells.planned());
    const std::string how = !records.end               ? "This run has not ended"
                            : records.end->interrupted ? "This run was interrupted"
                                                       : "This run is not complete";
    return fmt::format(
        "*{}: {} of {} planned trials are recorded{}. The same command with the same `--output` goes "
        "on.*\n\n",
        how, records.trials.size(), cells.planned(),
        records.torn ? ", and a last line that was cut off is left out" : "");
}

std::string markdown_report(const Records& records, const Pictures& pictures) {
    const Cells cells(records);
    if (cells.run().server)
        return own_server_report(cells, pictures);
    if (nothing_was_run(cells))
        return fmt::format("# {}\n\n", md(report_title(cells))) + not_run_report(cells) + partial_line(cells) + repeat_section(cells);
    return fmt::format("# {}\n\n", md(report_title(cells))) + headline_lines(cells) + partial_line(cells) + trust_lines(cells) +
           matrix_section(cells) + control_line(cells) + names_section(cells) + further_matrices(cells) +
           sections_after_matrix(cells, pictures);
}

std::string sections_after_matrix(const Cells& cells, const Pictures& pictures) {
    return never_noticed_section(cells) + false_alarm_section(cells) + meaning_section(cells) + measured_section(cells, pictures) +
           cost_section(cells, pictures) + ladders_section(cells, pictures) + method_section(cells) + repeat_section(cells) +
           glossary_section(cells);
}

} // namespace halfopen
