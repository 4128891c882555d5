// Who would have noticed what a server did not let go of: by the rules, as they were stored with the run.

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "reports/own_server.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// Methods that take longer are no answer to a server that keeps dead connections.
constexpr Duration soon_enough = std::chrono::minutes{5};

/// What one method would have noticed of the connections that were left.
struct Noticed {
    const WouldNoticeLine* method = nullptr;
    std::vector<const OwnCell*> cells, others;
    Duration slowest{0};
};

Noticed noticed_by(const std::vector<WouldNoticeLine>& lines, const WouldNoticeLine& method,
                   const std::vector<OwnCell>& owns) {
    Noticed noticed{&method, {}, {}, {}};
    for (const OwnCell& own : owns) {
        // Where the kernel had told the program, no method is missing but a close().
        if (own.leak != "ESTAB" || !own.is_failure())
            continue;
        const auto line = std::find_if(lines.begin(), lines.end(), [&](const WouldNoticeLine& w) {
            return w.law == method.law && w.label == method.label && w.scenario == own.scenario->name &&
                   w.traffic == own.traffic;
        });
        const bool soon = line != lines.end() && line->after && line->after->to < soon_enough;
        (soon ? noticed.cells : noticed.others).push_back(&own);
        if (soon)
            noticed.slowest = std::max(noticed.slowest, line->after->to);
    }
    return noticed;
}

/// The best method of each law, the law that notices most first.
std::vector<Noticed> best_of_each_law(const std::vector<WouldNoticeLine>& lines,
                                      const std::vector<OwnCell>& owns) {
    std::vector<Noticed> best;
    std::set<std::pair<int, std::string>> seen;
    const auto better = [](const Noticed& a, const Noticed& b) {
        return std::pair(b.cells.size(), a.slowest) < std::pair(a.cells.size(), b.slowest);
    };
    for (const WouldNoticeLine& line : lines) {
        if (!seen.insert({line.law, line.label}).second)
            continue;
        const Noticed noticed = noticed_by(lines, line, owns);
        if (noticed.cells.empty())
            continue;
        const auto same_law = std::find_if(best.begin(), best.end(),
                                           [&](const Noticed& n) { return n.method->law == line.law; });
        if (same_law == best.end())
            best.push_back(noticed);
        else if (better(noticed, *same_law))
            *same_law = noticed;
    }
    std::stable_sort(best.begin(), best.end(), better);
    return best;
}

/// "law 4 (keepalive 60/5/3) would have noticed all but stopped (idle) within 78 s"; the verb only once.
std::string say_noticed(const Noticed& n, bool with_verb) {
    const std::string which = n.others.empty()                   ? "all"
                              : n.others.size() < n.cells.size() ? "all but " + say_cells(n.others, "*")
                                                                 : say_cells(n.cells, "*");
    return fmt::format("law {} ({}) {}{} within {}", n.method->law, md(n.method->label),
                       with_verb ? "would have noticed " : "", which, short_time(n.slowest));
}

} // namespace

std::string own_laws(const Cells& cells) {
    const std::vector<OwnCell> owns = own_cells(cells);
    const bool any = std::any_of(owns.begin(), owns.end(),
                                 [](const OwnCell& own) { return own.leak == "ESTAB" && own.is_failure(); });
    if (!any)
        return {};
    std::vector<std::string> parts;
    for (const Noticed& noticed : best_of_each_law(cells.run().server->others, owns))
        parts.push_back(say_noticed(noticed, parts.empty()));
    if (parts.empty())
        parts.push_back("none of the laws would have noticed anything within " + short_time(soon_enough));
    return fmt::format("Of what stays as ESTAB, by the rules, {}.", joined(parts, "; "));
}

} // namespace halfopen
