#include "harness/learn/playback.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/ladder.h"
#include "reports/text.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// How long a silence is shown, however long it was.
Duration shown_for(Duration silence) { return silence < 1s ? silence : silence < 1min ? 1200ms : 1800ms; }

/// The clock runs through a silence, evenly; true when Enter was pressed.
bool count_silence(Console& console, Duration from, Duration to) {
    constexpr int frames = 24;
    for (int i = 1; i <= frames; ++i) {
        const Duration at = from + (to - from) * i / frames;
        console.status(fmt::format("{:>12} nothing ...", at < 1s ? seconds_of(at) : say(std::chrono::floor<std::chrono::milliseconds>(at))));
        if (console.pause(shown_for(to - from) / frames)) return true;
    }
    return false;
}

} // namespace

void play(Console& console, const TrialLine& trial, bool has_all) {
    Ladder ladder = ladder_of(trial, 24);
    if (!has_all)
        for (Rung& rung : ladder.rungs)
            if (rung.kind == Rung::Kind::left_out) rung.text = rung.text.substr(0, rung.text.find(';'));
    if (console.style().plain) {
        for (const std::string& sentence : ladder_sentences(ladder)) console.line(wrapped(sentence, console.width(), "  "));
        return;
    }
    console.line(wrapped("S SYN, F FIN, R RST, P data pushed, . ACK; X lost there; * the server speaks; seconds count from the fault.", console.width()));
    const std::vector<std::string> lines = ladder_lines(ladder, console.width());
    console.line(lines.front());
    bool hurry = false;
    for (size_t i = 0; i < ladder.rungs.size(); ++i) {
        const Rung& rung = ladder.rungs[i];
        // What came before the fault, the handshake and the first exchange, needs no clock.
        const bool counts = i > 0 && rung.at >= 0ns && rung.kind != Rung::Kind::silence;
        const Duration before = counts ? std::max(ladder.rungs[i - 1].at, 0ns) : 0ns;
        if (counts && !hurry && rung.at - before >= 50ms) hurry = count_silence(console, before, rung.at);
        else if (!hurry) hurry = console.pause(60ms);
        console.line(lines[i + 1]);
    }
    if (ladder.lost) console.line(lines.back());
}

} // namespace halfopen
