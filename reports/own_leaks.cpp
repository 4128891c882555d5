// What a server leaves behind: the states in which its dead connections stay, why, and what ends them.

#include <algorithm>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/own_server.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// A leak has a name, a reason and a mend; the cells stand between the first two.
struct Leak {
    std::string name, why;
    bool operator==(const Leak&) const = default;
};

/// When its options end it, where that is not within the watch for certain.
std::optional<Duration> due_later(const OwnCell& own) {
    std::optional<Duration> earliest;
    for (const TrialLine* t : own.cell->valid)
        if (const auto due = compare(*t); due == Agreement::beyond || due == Agreement::open)
            earliest = std::min(earliest.value_or(t->predicted.after->from), t->predicted.after->from);
    return earliest;
}

bool is_against_its_options(const OwnCell& own) {
    return std::any_of(own.cell->valid.begin(), own.cell->valid.end(),
                       [](const TrialLine* t) { return compare(*t) == Agreement::outside; });
}

/// A connection that stays ESTAB although its client is gone.
Leak established(const OwnCell& own) {
    if (own.scenario->truth == Truth::stuck)
        return {"It leaks ESTABLISHED",
                "the client's kernel acknowledges for its program, so no option "
                "helps. Only a ping that the program itself must answer within a limit tells"};
    if (const auto due = due_later(own))
        return {fmt::format("It keeps ESTABLISHED for {}", far_time(*due)),
                own.traffic == "idle"
                    ? "that is what its options say. TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT set less"
                    : "what it wrote is sent again until the kernel gives up, and keepalive is off "
                      "meanwhile. TCP_USER_TIMEOUT sets a limit"};
    if (is_against_its_options(own))
        return {"It holds ESTABLISHED against its options",
                "by them the connection was to be over; this needs a look"};
    return {"It leaks ESTABLISHED", "nothing in its kernel ever asks, so the connection stays until the "
                                    "server ends. SO_KEEPALIVE makes the kernel ask"};
}

Leak leak_of(const OwnCell& own) {
    if (own.leak == "CLOSE-WAIT")
        return {"It leaks CLOSE_WAIT", "the client's FIN has come, and the server does not call close(). "
                                       "Call it when recv() has returned 0 and everything is sent"};
    if (own.leak == "UNCONN")
        return {"It leaks descriptors",
                "the kernel has ended the connection, and the server does not call "
                "close(). recv() returns the error, and poll() says POLLERR and POLLHUP"};
    if (own.leak == "ESTAB")
        return established(own);
    return {fmt::format("It leaves {}", own.leak),
            "the server has shut its side down and does not call close()"};
}

/// When it closed them: "2.66-3.01 s".
std::string closed_after(const std::vector<const OwnCell*>& owns) {
    std::optional<Window> span;
    for (const OwnCell* own : owns)
        for (const Duration d : own->cell->spoke)
            span = span ? Window{std::min(span->from, d), std::max(span->to, d)} : Window{d, d};
    return time_range(*span);
}

/// Connections that it closed although nothing had told it to.
void add_closed_by_itself(const std::vector<OwnCell>& owns, std::vector<std::string>& sentences) {
    std::vector<const OwnCell*> dead, alive;
    bool tried_alive = false;
    for (const OwnCell& own : owns) {
        tried_alive |= !own.is_failure();
        if (!own.cell->spoke.empty() && (own.by_itself || !own.is_failure()))
            (own.is_failure() ? dead : alive).push_back(&own);
    }
    if (!alive.empty())
        sentences.push_back(fmt::format("**It closes clients that are there**: {}, after {}.",
                                        say_cells(alive, "*"), closed_after(alive)));
    if (!dead.empty())
        sentences.push_back(fmt::format(
            "**It has a limit of its own**: it closed {} after {}, while its kernel held the connection for "
            "established.{}",
            say_cells(dead, "*"), closed_after(dead),
            tried_alive ? "" : " Is a living client that is as silent closed too? Try --scenario healthy."));
}

} // namespace

std::vector<std::string> own_leaks(const Cells& cells) {
    const std::vector<OwnCell> owns = own_cells(cells);
    std::vector<std::pair<Leak, std::vector<const OwnCell*>>> leaks;
    for (const OwnCell& own : owns) {
        if (own.leak.empty() || !own.is_failure())
            continue;
        const Leak leak = leak_of(own);
        auto found = std::find_if(leaks.begin(), leaks.end(), [&](const auto& l) { return l.first == leak; });
        if (found == leaks.end())
            found = leaks.insert(found, {leak, {}});
        found->second.push_back(&own);
    }
    std::vector<std::string> sentences;
    for (const auto& [leak, kept] : leaks)
        sentences.push_back(fmt::format("**{}** on {}: {}.", md(leak.name), say_cells(kept, "*"), leak.why));
    add_closed_by_itself(owns, sentences);
    return sentences;
}

} // namespace halfopen
