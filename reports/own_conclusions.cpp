// What the measurement of a user's own server comes down to: what it let go of, and how fast.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/own_server.h"
#include "reports/text.h"

namespace halfopen {

namespace {

using OwnCells = std::vector<const OwnCell*>;

std::string name_of(const Cells& cells) { return md(cells.detectors().front().name); }

/// The failures of one traffic, or of several in which the same ones were let go of.
struct Share {
    std::vector<std::string> traffics;
    OwnCells gone, kept; ///< of the first of these traffics
    OwnCells all_gone;   ///< of all of them
    bool same_as(const Share& o) const {
        const auto same = [](const OwnCell* a, const OwnCell* b) {
            return a->scenario == b->scenario && a->cell->noticed == b->cell->noticed;
        };
        return std::equal(gone.begin(), gone.end(), o.gone.begin(), o.gone.end(), same) &&
               std::equal(kept.begin(), kept.end(), o.kept.begin(), o.kept.end(), same);
    }
};

std::vector<Share> shares(const Cells& cells, const std::vector<OwnCell>& owns) {
    std::vector<Share> all;
    for (const std::string& traffic : cells.traffics()) {
        Share share{{traffic}, {}, {}, {}};
        for (const OwnCell& own : owns)
            if (own.traffic == traffic && own.is_failure())
                (own.is_let_go() ? share.gone : share.kept).push_back(&own);
        if (share.gone.empty() && share.kept.empty())
            continue;
        share.all_gone = share.gone;
        if (!all.empty() && all.back().same_as(share)) {
            all.back().traffics.push_back(traffic);
            all.back().all_gone.insert(all.back().all_gone.end(), share.gone.begin(), share.gone.end());
        } else {
            all.push_back(std::move(share));
        }
    }
    return all;
}

std::string when(const Share& share) {
    if (share.traffics.size() > 1)
        return ", whether it only waited or had just written";
    return share.traffics.front() == "idle" ? " while it only waited" : " when it had just written";
}

/// "at once", "at once to 5.59 s", "3.56-4.59 s".
std::string how_fast(const OwnCells& gone) {
    std::vector<Duration> times;
    for (const OwnCell* own : gone)
        for (const TrialLine* t : own->cell->valid)
            times.push_back(*t->noticed_after);
    const auto [least, most] = std::minmax_element(times.begin(), times.end());
    if (*most < prompt_limit)
        return "at once";
    return *least < prompt_limit ? "at once to " + say(*most) : time_range(*least, *most);
}

std::string labels(const OwnCells& owns) {
    std::vector<std::string> all;
    for (const OwnCell* own : owns) {
        const auto kept = std::count_if(own->cell->valid.begin(), own->cell->valid.end(),
                                        [](const TrialLine* t) { return !t->noticed_after; });
        const bool some = kept > 0 && kept < own->cell->n();
        all.push_back(md(own->scenario->label) +
                      (some ? fmt::format(" (in {} of {} trials)", kept, own->cell->n()) : ""));
    }
    return list_of(all);
}

std::string not_in_time(const OwnCells& kept) {
    Duration horizon{0};
    for (const OwnCell* own : kept)
        for (const TrialLine* t : own->cell->valid)
            horizon = std::max(horizon, t->horizon);
    return "not in " + short_time(horizon);
}

/// "let go in five of six failures", "did not let go": of one failure there is no share.
std::string share_of(size_t gone, size_t all) {
    if (all == 1)
        return gone == 1 ? "let go" : "did not let go";
    const std::string failures = in_words(static_cast<int>(all)) + " failures";
    return gone == all ? "let go in all " + failures
                       : fmt::format("let go in {} of {}", gone ? in_words(static_cast<int>(gone)) : "none",
                                     failures);
}

std::string share_sentence(const std::string& name, const Share& share) {
    std::vector<std::string> parts;
    if (!share.gone.empty())
        parts.push_back(fmt::format("{}, {}", labels(share.gone), how_fast(share.all_gone)));
    if (!share.kept.empty())
        parts.push_back(fmt::format("*{}* {}", labels(share.kept), not_in_time(share.kept)));
    return fmt::format("**{} {}**{}: {}.", name,
                       share_of(share.gone.size(), share.gone.size() + share.kept.size()), when(share),
                       joined(parts, "; "));
}

/// Keeping a client that is there is what a server is for; it is said where it was tried.
void add_alive(const std::string& name, const std::vector<OwnCell>& owns,
               std::vector<std::string>& sentences) {
    OwnCells kept;
    for (const OwnCell& own : owns)
        if (!own.is_failure() && own.cell->spoke.empty())
            kept.push_back(&own);
    if (!kept.empty())
        sentences.push_back(
            fmt::format("**{} kept the clients that were there**: {}.", name, say_cells(kept, "*")));
}

/// "drop and crash (after a write)": the failures of which no trial is a result, so that their absence is no praise.
void add_unknown(const Cells& cells, std::vector<std::string>& sentences) {
    for (const std::string& traffic : cells.traffics()) {
        std::vector<std::string> labels;
        for (const ScenarioHead& scenario : cells.scenarios()) {
            const Cell* cell = cells.find(traffic, scenario.name, cells.detectors().front().spec);
            const bool tried = cell && std::any_of(cell->trials.begin(), cell->trials.end(),
                                                   [](const TrialLine* t) { return t->outcome == Outcome::invalid; });
            if (tried && cell->n() == 0)
                labels.push_back("*" + md(scenario.label) + "*");
        }
        if (!labels.empty())
            sentences.push_back(fmt::format("**Nothing is known of** {} ({}): no trial of it is a result.", list_of(labels),
                                            traffic == "idle" ? "idle" : "after a write"));
    }
}

/// What never worked, with its reasons; how busy the machine was in each of them, the section on the method tells.
void add_invalid(const Cells& cells, std::vector<std::string>& sentences) {
    std::map<std::string, int> reasons;
    for (const TrialLine& t : cells.records().trials)
        if (t.outcome == Outcome::invalid)
            ++reasons[t.why.find("quicker") != std::string::npos ? "the server's answer was quicker than the fault"
                      : t.why.starts_with("noisy")               ? "the machine was too busy"
                                                                 : t.why];
    for (const auto& [why, count] : reasons)
        sentences.push_back(fmt::format("**{} of {} no result**: {}.", count,
                                        counted(cells.tried(), "trial") + (count == 1 ? " is" : " are"),
                                        md(why)));
    add_unknown(cells, sentences);
}

} // namespace

std::vector<std::string> own_headline(const Cells& cells) {
    std::vector<std::string> sentences;
    if (cells.detectors().empty())
        return sentences;
    const std::vector<OwnCell> owns = own_cells(cells);
    for (const Share& share : shares(cells, owns))
        sentences.push_back(share_sentence(name_of(cells), share));
    add_alive(name_of(cells), owns, sentences);
    if (owns.empty())
        sentences.push_back("**No trial has a result.**");
    add_invalid(cells, sentences);
    return sentences;
}

} // namespace halfopen
