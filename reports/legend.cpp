// What the marks of a matrix claim, in words: only of those that occur in it, and never more than was
// measured.

#include "reports/matrix.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/text.h"

namespace halfopen {

namespace {

template <typename Use> void each_cell(const Matrix& matrix, Use use) {
    for (const MatrixRow& row : matrix.rows)
        for (const MatrixCell& cell : row.cells)
            use(row, cell);
}

/// True for a method that looks at intervals instead of waiting for an event.
bool polls(const Cell& cell) {
    return std::any_of(cell.valid.begin(), cell.valid.end(), [](const TrialLine* trial) {
        return trial->situation.anchor.find("look") != std::string::npos;
    });
}

/// A tick that took 10 ms or more needs its reason beside it.
std::string prompt_text(const Matrix& matrix) {
    const Duration limit = prompt_limit + head_start(matrix.traffic);
    Duration slowest_look{0};
    Duration slowest_other{0};
    bool outside = false;
    std::vector<std::string> lookers;
    each_cell(matrix, [&](const MatrixRow& row, const MatrixCell& cell) {
        if (cell.mark != Mark::prompt || cell.slowest < limit)
            return;
        Duration& slowest = polls(*cell.cell) ? slowest_look : slowest_other;
        slowest = std::max(slowest, cell.slowest);
        outside |= std::any_of(cell.cell->valid.begin(), cell.cell->valid.end(), [](const TrialLine* trial) {
            return compare(*trial) == Agreement::outside;
        });
        const std::string who = row.head->law ? fmt::format("law {}", row.head->law) : row.head->label;
        if (polls(*cell.cell) && std::find(lookers.begin(), lookers.end(), who) == lookers.end())
            lookers.push_back(who);
    });
    std::vector<std::string> exceptions;
    if (!lookers.empty())
        exceptions.push_back(
            fmt::format("{}: at the next look, slowest {}", list_of(lookers), short_time(slowest_look)));
    if (slowest_other > Duration::zero())
        exceptions.push_back(fmt::format("{} at the slowest, {}", short_time(slowest_other),
                                         outside ? "later than predicted: listed above" : "as predicted"));
    std::string text = fmt::format("noticed in under {}", short_time(prompt_limit));
    if (head_start(matrix.traffic) > Duration::zero())
        text += fmt::format(" after the write, which comes {} after the fault",
                            short_time(head_start(matrix.traffic)));
    return exceptions.empty() ? text : fmt::format("{} ({})", text, joined(exceptions, "; "));
}

std::string timed_text(const Matrix& matrix) {
    return matrix.most_trials > 1 ? fmt::format("a time: noticed, slowest of {}", matrix.most_trials)
                                  : "a time: noticed, one trial";
}

/// "a, b" for few; the report names them all.
std::string rows_text(const std::vector<std::string>& labels) {
    return labels.size() <= 2 ? joined(labels, ", ") : counted(static_cast<int>(labels.size()), "method");
}

/// The reasons of cells that were not run, the most frequent first, with the rows that they are about.
std::string skipped_text(const Matrix& matrix, const Spelling& spelled) {
    constexpr size_t most = 4;
    std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
    each_cell(matrix, [&](const MatrixRow& row, const MatrixCell& cell) {
        if (cell.mark != Mark::skipped)
            return;
        const std::string why = cell.cell->why();
        auto reason = std::find_if(reasons.begin(), reasons.end(), [&](const auto& r) { return r.first == why; });
        if (reason == reasons.end())
            reason = reasons.insert(reasons.end(), {why, {}});
        if (std::find(reason->second.begin(), reason->second.end(), row.head->label) == reason->second.end())
            reason->second.push_back(row.head->label);
    });
    std::stable_sort(reasons.begin(), reasons.end(),
                     [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
    std::vector<std::string> parts;
    for (size_t i = 0; i < std::min(most, reasons.size()); ++i)
        parts.push_back(spelled(fmt::format("{}: {}", rows_text(reasons[i].second), reasons[i].first)));
    if (reasons.size() > most)
        parts.push_back(fmt::format("{} in the report", counted(static_cast<int>(reasons.size() - most), "more reason")));
    return "not run (" + joined(parts, "; ") + ")";
}

} // namespace

std::vector<std::string> legend(const Matrix& matrix, const std::function<std::string(Mark)>& glyph, const Spelling& spelled) {
    std::set<Mark> seen;
    bool predicted = false;
    bool mixed = false;
    each_cell(matrix, [&](const MatrixRow&, const MatrixCell& cell) {
        seen.insert(cell.mark);
        predicted |= cell.mark == Mark::missed && cell.predicted;
        mixed |= cell.cell && cell.cell->mixed();
    });
    std::vector<std::string> lines;
    const auto add = [&](Mark mark, const std::string& text) {
        if (seen.count(mark))
            lines.push_back(glyph(mark) + " " + text);
    };
    add(Mark::prompt, spelled(prompt_text(matrix)));
    if (seen.count(Mark::timed))
        lines.push_back(timed_text(matrix));
    add(Mark::quiet, "rightly quiet");
    add(Mark::missed, "not noticed " + matrix.watched);
    if (predicted)
        lines.push_back("[ ] by the rule not before that; not waited for");
    add(Mark::misread, "called dead, was half-closed");
    add(Mark::false_alarm, "called dead, was alive (or before anything broke)");
    if (mixed)
        lines.push_back("k/n right in k of n trials, the worst is shown");
    add(Mark::skipped, skipped_text(matrix, spelled));
    add(Mark::invalid, "no valid trial");
    add(Mark::blank, "no trial recorded");
    return lines;
}

std::string surprise_text(Surprise surprise) {
    switch (surprise) {
    case Surprise::second_look: return "at its second look: recv() gives ECONNRESET once, then 0";
    case Surprise::reset_on_probe:
        return "ECONNRESET where law 4 says ETIMEDOUT: the first probe or ping is answered by RST";
    case Surprise::none: break;
    }
    return "";
}

} // namespace halfopen
