// What `ss -tno` shows of connections whose client is gone: one line for each kind of state and timer.

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/own_server.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// "ESTAB Recv-Q 0 Send-Q 15 timer:(on,27.1sec,8)" taken apart.
struct SsLine {
    std::string state, timer;
    unsigned send_queue = 0;
    int tries = 0;

    explicit SsLine(const std::string& line) {
        std::istringstream in(line);
        std::string word;
        in >> state;
        while (in >> word) {
            if (word == "Send-Q")
                in >> send_queue;
            if (!word.starts_with("timer:("))
                continue;
            timer = word.substr(7, word.find(',') - 7);
            std::istringstream(word.substr(word.rfind(',') + 1)) >> tries;
        }
    }
    bool same_kind(const SsLine& o) const {
        return state == o.state && timer == o.timer && (send_queue > 0) == (o.send_queue > 0) &&
               (tries > 0) == (o.tries > 0);
    }
};

std::string meaning_of(const SsLine& s, const OwnCell& own) {
    if (own.leak == "UNCONN")
        return "the kernel has ended it; the server still holds the descriptor";
    if (s.state == "CLOSE-WAIT")
        return "the client's FIN has come; the server has not called close()";
    if (s.timer == "on")
        return "what the server wrote is unacknowledged and sent again; keepalive is off meanwhile";
    if (s.timer == "persist")
        return "the client does not read, and its kernel answers";
    if (s.timer == "keepalive" && s.tries > 0)
        return fmt::format("{} unanswered", counted(s.tries, "keepalive probe"));
    if (s.timer == "keepalive")
        return "every keepalive probe so far was answered, or none was due";
    if (s.state == "ESTAB")
        return "no timer is armed: nothing will ever look";
    return "the server has shut its side down";
}

/// What was let go at once was seen last before anything had happened to it, and what follows a close() of
/// the program's own says nothing of how it noticed.
bool teaches(const OwnCell& own) {
    if (own.ss.empty() || !own.is_failure())
        return false;
    if (!own.is_let_go())
        return true;
    const SsLine last(own.ss);
    const bool closed_by_program = last.state != "ESTAB" && last.state != "CLOSE-WAIT";
    const bool changed = last.state == "CLOSE-WAIT" || last.send_queue > 0 || last.tries > 0;
    return changed && !closed_by_program && own.cell->spoke.back() >= prompt_limit;
}

} // namespace

std::vector<SsKind> ss_kinds(const std::vector<OwnCell>& owns) {
    std::vector<SsKind> kinds;
    for (const OwnCell& own : owns) {
        if (!teaches(own))
            continue;
        const std::string line = own.leak == "UNCONN" ? "" : own.ss; // What ended is in no table.
        const std::string meaning = meaning_of(SsLine(line), own);
        const auto same = std::find_if(kinds.begin(), kinds.end(), [&](const SsKind& k) {
            return k.meaning == meaning && SsLine(k.line).same_kind(SsLine(line));
        });
        if (same == kinds.end())
            kinds.push_back({line, {&own}, meaning});
        else
            same->cells.push_back(&own);
    }
    return kinds;
}

} // namespace halfopen
