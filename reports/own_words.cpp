// The words in which a user's own server, its connections and its trials are told.

#include <algorithm>

#include <fmt/format.h>

#include "reports/own_server.h"
#include "reports/text.h"

namespace halfopen {

namespace {

std::string short_traffic(const std::string& traffic) {
    return traffic == "idle" ? "idle" : traffic == "one-write" ? "after a write" : traffic;
}

} // namespace

std::string own_traffic_title(const std::string& traffic) {
    if (traffic == "idle")
        return "The server only waits (idle link)";
    return traffic == "one-write" ? "The server has just written (its answer meets the fault)" : traffic;
}

std::string say_cells(const std::vector<const OwnCell*>& owns, std::string_view mark) {
    struct Group {
        std::vector<std::string> labels, traffics;
    };
    std::vector<std::pair<std::string, std::vector<std::string>>>
        traffics_of; // by label, in the order of columns
    for (const OwnCell* own : owns) {
        auto found = std::find_if(traffics_of.begin(), traffics_of.end(),
                                  [&](const auto& t) { return t.first == own->scenario->label; });
        if (found == traffics_of.end())
            found = traffics_of.insert(found, {own->scenario->label, {}});
        found->second.push_back(short_traffic(own->traffic));
    }
    std::vector<Group> groups;
    for (const auto& [label, traffics] : traffics_of) {
        const auto same = std::find_if(groups.begin(), groups.end(),
                                       [&](const Group& g) { return g.traffics == traffics; });
        if (same == groups.end())
            groups.push_back({{label}, traffics});
        else
            same->labels.push_back(label);
    }
    std::vector<std::string> parts;
    for (const Group& g : groups)
        parts.push_back(fmt::format("{0}{1}{0} ({2})", mark,
                                    mark.empty() ? list_of(g.labels) : md(list_of(g.labels)),
                                    mark.empty() ? joined(g.traffics, ", ") : md(joined(g.traffics, ", "))));
    return joined(parts, "; ");
}

std::string own_introduction(const Cells& cells) {
    const OwnServerLine& s = *cells.run().server;
    const std::string name = cells.detectors().empty() ? "The server" : cells.detectors().front().name;
    std::string text =
        fmt::format("{} listened on port {} after {}", name, s.port, short_time(s.listened_after));
    if (s.answered_after)
        text += fmt::format(" and answered the hello in {}", short_time(*s.answered_after));
    return text + ". Its sockets: " + (s.options ? say_options(*s.options) : "options unknown") + ".";
}

std::string own_precision(const std::vector<OwnCell>& owns) {
    Duration widest{0};
    bool any = false;
    for (const OwnCell& own : owns)
        for (const TrialLine* t : own.cell->valid)
            if (t->kernel_knew_after) {
                any = true;
                widest = std::max(widest, t->kernel_knew_after->to - t->kernel_knew_after->from);
            }
    if (!any)
        return {};
    return widest == Duration::zero() ? "When the kernel gave up is its own stamp (eBPF)."
                                      : fmt::format("When the kernel gave up was seen by looking, at most {} "
                                                    "late. Root with eBPF has its own stamp.",
                                                    short_time(widest));
}

} // namespace halfopen
