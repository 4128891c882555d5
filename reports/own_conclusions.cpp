// What the measurement of a user's own server means, in sentences.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "reports/own_server.h"
#include "reports/text.h"

namespace halfopen {

namespace {

const OwnServerLine& server_of(const Cells& cells) { return *cells.run().server; }
std::string name_of(const Cells& cells) { return cells.detectors().front().name; }

std::string when(const std::string& traffic) { return traffic == "idle" ? "while it only waits" : "after it has just written"; }

std::vector<std::string> labels(const std::vector<const OwnCell*>& owns) {
    std::vector<std::string> all;
    for (const OwnCell* own : owns) all.push_back(own->scenario->label);
    return all;
}

bool is_let_go(const OwnCell& own) {
    return std::all_of(own.cell->valid.begin(), own.cell->valid.end(), [](const TrialLine* t) { return t->noticed_after.has_value(); });
}

/// "It let go of half, reboot (at once), drop and crash (5.09-5.1 s) while it only waits."
std::string noticed_sentence(const Cells& cells, const std::vector<OwnCell>& owns, const std::string& traffic) {
    std::vector<std::string> parts;
    for (const OwnCell& own : owns)
        if (own.traffic == traffic && is_let_go(own)) parts.push_back(fmt::format("{} ({})", own.scenario->label, own.let_go));
    if (parts.empty()) return fmt::format("{} let go of nothing {}.", name_of(cells), when(traffic));
    return fmt::format("{} let go {}: {}.", name_of(cells), when(traffic), list_of(parts));
}

/// What a state that stays means.
std::string leak_meaning(const std::string& state) {
    if (state == "CLOSE-WAIT") return "the client's FIN had come and the server did not call close(): it leaks CLOSE_WAIT";
    if (state == "UNCONN") return "the kernel had ended the connection, and the server still holds the descriptor: it reads and writes there no more";
    if (state == "ESTAB") return "the server holds a connection for established that is none: it leaks ESTABLISHED";
    return "the server has shut its side down and does not call close()";
}

/// Whether the options of its sockets would ever end it.
std::string by_its_options(const OwnCell& own) {
    const auto beyond = own.cell->predicted_beyond();
    if (beyond) return fmt::format("; its options end that after {}", far_time(*beyond));
    const bool window = std::any_of(own.cell->valid.begin(), own.cell->valid.end(), [](const TrialLine* t) { return t->predicted.kind == "window"; });
    return window ? "" : "; no option of its sockets ever ends that";
}

void add_leaks(const std::vector<OwnCell>& owns, std::vector<std::string>& sentences) {
    std::map<std::string, std::pair<std::string, std::vector<std::string>>> by_meaning;
    for (const OwnCell& own : owns)
        if (!own.leak.empty()) {
            const std::string meaning = leak_meaning(own.leak) + (own.leak == "ESTAB" ? by_its_options(own) : "");
            by_meaning[meaning].second.push_back(fmt::format("{} ({})", own.scenario->label, own.traffic));
        }
    for (const auto& [meaning, cells] : by_meaning)
        sentences.push_back(fmt::format("Not let go: {}: {}.", list_of(cells.second), meaning));
}

/// "law 5 (ping-pong 2 s, limit 10 s) within 10 s": the methods that would have noticed it in some minutes, the fastest
/// first.
std::string noticed_by(const Cells& cells, const OwnCell& own) {
    std::vector<std::pair<Duration, std::string>> found;
    for (const WouldNoticeLine& w : server_of(cells).others)
        if (w.scenario == own.scenario->name && w.traffic == own.traffic && w.after && w.after->to < std::chrono::minutes{5})
            found.emplace_back(w.after->to, fmt::format("law {} ({}) within {}", w.law, w.label, short_time(w.after->to)));
    std::sort(found.begin(), found.end());
    std::vector<std::string> words;
    for (const auto& [after, text] : found) words.push_back(text);
    return words.empty() ? "none of the laws" : list_of(words);
}

/// What the server did not let go of, by the methods that would have noticed.
void add_others(const Cells& cells, const std::vector<OwnCell>& owns, std::vector<std::string>& sentences) {
    std::map<std::string, std::vector<std::string>> by_methods;
    for (const OwnCell& own : owns)
        if (!is_let_go(own)) by_methods[noticed_by(cells, own)].push_back(fmt::format("{} ({})", own.scenario->label, own.traffic));
    for (const auto& [methods, failures] : by_methods)
        sentences.push_back(fmt::format("By the rules, {} would have been noticed by {}.", list_of(failures), methods));
}

/// What never worked, with its first reason.
void add_invalid(const Cells& cells, std::vector<std::string>& sentences) {
    std::map<std::string, int> reasons;
    for (const TrialLine& t : cells.records().trials)
        if (t.outcome == Outcome::invalid) ++reasons[t.why];
    for (const auto& [why, count] : reasons) sentences.push_back(fmt::format("{} no result: {}.", counted(count, "trial") + (count == 1 ? " is" : " are"), why));
}

} // namespace

std::vector<std::string> own_conclusions(const Cells& cells) {
    const std::vector<OwnCell> owns = own_cells(cells);
    std::vector<std::string> sentences;
    for (const std::string& traffic : cells.traffics())
        if (std::any_of(owns.begin(), owns.end(), [&](const OwnCell& o) { return o.traffic == traffic; }))
            sentences.push_back(noticed_sentence(cells, owns, traffic));
    add_leaks(owns, sentences);
    for (const OwnCell& own : owns)
        if (own.by_itself) {
            sentences.push_back(fmt::format("{} ({}): {} closed it by itself, while the kernel held it for established: a timer of its own.",
                                            own.scenario->label, own.traffic, name_of(cells)));
            break;
        }
    add_others(cells, owns, sentences);
    add_invalid(cells, sentences);
    return sentences;
}

} // namespace halfopen
