#include "harness/cli/progress.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "reports/terminal.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

bool quiet_by_environment() {
    const char* ci = std::getenv("CI");
    return ci && *ci && std::string(ci) != "false";
}

} // namespace

ProgressView::ProgressView(const std::string& mode, const Terminal& terminal, const Plan& plan, bool is_virtual)
    : terminal_(terminal), is_virtual_(is_virtual) {
    const bool bar = mode == "bar" || (mode == "auto" && terminal.is_tty && !quiet_by_environment());
    mode_ = mode == "none" ? Mode::none : bar ? Mode::bar : Mode::lines;
    std::vector<std::string> ids;
    for (const PlannedTrial& trial : plan.trials) ids.push_back(trial.id);
    news_ = CellNews(ids);
    trials_ = plan.count_run();
    if (mode_ == Mode::bar) block_.emplace();
    last_line_ = MonotonicClock::now();
}

void ProgressView::begin(const Records& soon_filled) {
    records_ = &soon_filled;
    news_.begin(soon_filled);
    over_ = 0;
    for (const TrialLine& trial : soon_filled.trials) over_ += is_valid(trial.outcome); // Invalid ones are run again.
}

void ProgressView::line(const std::string& text) {
    fmt::print(stderr, "{}\n", text);
    last_line_ = MonotonicClock::now();
}

std::string ProgressView::status() const {
    const std::string of_all = over_ ? fmt::format("; {} of {} trials over", over_, trials_) : "";
    if (progress_.phase == "building")
        return (progress_.done ? fmt::format("building worlds: {} of {}", progress_.done, progress_.total)
                               : fmt::format("building {} world{}", progress_.total, progress_.total == 1 ? "" : "s")) +
               of_all;
    if (progress_.phase == "firing")
        return "breaking " + (progress_.total == 1 ? "the connection" : fmt::format("{} connections, one every few milliseconds", progress_.total)) +
               of_all;
    if (progress_.phase == "waiting") {
        const Duration left = std::max(Duration{0}, progress_.until - MonotonicClock::now());
        if (progress_.done == progress_.total) return fmt::format("all {} trials are over", progress_.total);
        return fmt::format("{} of {} trials over; the others need the silence: {} s left at most", progress_.done,
                           progress_.total, left / 1s);
    }
    if (progress_.phase == "guests") return fmt::format("{} of {} trials over, in virtual time", progress_.done, progress_.total);
    return is_virtual_ ? "starting virtual machines" : "measuring the floor";
}

void ProgressView::show(const Progress& progress) {
    // Of the many groups of a long run each gets one line.
    const bool new_phase = progress.phase != progress_.phase && (progress.phase != "firing" || over_ == 0);
    progress_ = progress;
    if (mode_ == Mode::lines && new_phase) line(status());
    if (mode_ == Mode::bar) draw();
}

void ProgressView::show(const TrialLine& trial) {
    over_ += trial.attempt == 1 && trial.outcome != Outcome::skipped; // A spare takes a place that is counted already.
    if (mode_ != Mode::lines || !records_) return;
    if (const std::string sentence = news_.after(trial, *records_); !sentence.empty()) line(sentence);
}

void ProgressView::tick() {
    const Instant now = MonotonicClock::now();
    if (mode_ == Mode::lines && now - last_line_ > 60s) line(status());
    if (mode_ == Mode::bar && now - last_drawn_ > 1s) draw();
}

void ProgressView::draw() {
    // While faults are fired the program draws nothing: it would take the processor from what is measured.
    const Instant now = MonotonicClock::now();
    constexpr int share = 50; // Of a processor's time, drawing may take one part in so many.
    if (now - last_drawn_ < std::max<Duration>(200ms, share * cost_of_drawing_) || (progress_.phase == "firing" && last_drawn_ != Instant{})) return;
    last_drawn_ = now;
    std::string text;
    if (records_ && !records_->runs.empty() && (progress_.phase == "waiting" || progress_.phase == "guests")) {
        TerminalStyle style{terminal_.columns, terminal_.ascii, terminal_.colour, {}, {}};
        style.waiting_text = [this, now](const std::string&, const std::string&, const std::string&) {
            if (is_virtual_) return std::string("..");
            return fmt::format("{}s.", std::max(Duration{0}, progress_.until - now) / 1s);
        };
        text = terminal_matrix(*records_, style);
    }
    block_->draw(text + status() + "\n");
    cost_of_drawing_ = MonotonicClock::now() - now;
}

void ProgressView::end() {
    if (block_) {
        block_->clear();
        block_.reset();
    }
    mode_ = Mode::none;
}

} // namespace halfopen
