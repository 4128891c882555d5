#include "support/terminal.h"

#include <algorithm>
#include <thread>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/linux/command.h"
#include "support/program.h"

namespace halfopen::testing {

using namespace std::chrono_literals;

namespace {

std::string quoted(const std::string& word) {
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

} // namespace

TmuxTerminal::TmuxTerminal(const std::vector<std::string>& arguments, const std::vector<std::string>& environment, int columns) {
    std::string line = "env LC_ALL=C.UTF-8";
    for (const std::string& word : environment) line += " " + quoted(word);
    line += " " + quoted(program());
    for (const std::string& word : arguments) line += " " + quoted(word);
    // The terminal stays, so that what was left of it can be looked at.
    line += fmt::format("; echo $? > {0}; stty -a > {1}; sleep 600", quoted((folder_.path() / "status").string()), quoted((folder_.path() / "stty").string()));
    tmux({"-f", "/dev/null", "new-session", "-d", "-x", std::to_string(columns), "-y", "40", line});
}

TmuxTerminal::~TmuxTerminal() {
    try {
        tmux({"kill-server"});
    } catch (const std::exception&) { // It is gone already.
    }
}

std::string TmuxTerminal::tmux(const std::vector<std::string>& words) const {
    std::vector<std::string> all{"tmux", "-S", (folder_.path() / "socket").string()};
    all.insert(all.end(), words.begin(), words.end());
    return output_of(all);
}

void TmuxTerminal::type(const std::string& text) {
    if (!text.empty()) tmux({"send-keys", "-l", text});
    tmux({"send-keys", "Enter"});
}

void TmuxTerminal::key(const std::string& name) { tmux({"send-keys", name}); }

std::string TmuxTerminal::screen() const { return tmux({"capture-pane", "-p", "-J", "-S", "-"}); }

bool TmuxTerminal::asks(const std::string& prompt, Duration at_most) const {
    const Instant give_up = MonotonicClock::now() + at_most;
    while (MonotonicClock::now() < give_up) {
        std::string all = screen();
        all.erase(all.find_last_not_of(" \n") + 1);
        const size_t last = all.find_last_of('\n');
        if (all.find(prompt, last == all.npos ? 0 : last) != all.npos) return true;
        std::this_thread::sleep_for(50ms);
    }
    return false;
}

bool TmuxTerminal::shows(const std::string& text, Duration at_most) const {
    const Instant give_up = MonotonicClock::now() + at_most;
    while (MonotonicClock::now() < give_up) {
        if (screen().find(text) != std::string::npos) return true;
        std::this_thread::sleep_for(100ms);
    }
    return false;
}

bool TmuxTerminal::cursor_is_visible() const { return tmux({"display-message", "-p", "#{cursor_flag}"}).starts_with("1"); }

bool TmuxTerminal::is_unbroken() const {
    const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
    return lines(screen()) == lines(tmux({"capture-pane", "-p", "-S", "-"}));
}

bool TmuxTerminal::has_colour() const { return tmux({"capture-pane", "-p", "-e", "-S", "-"}).find("\033[") != std::string::npos; }

int TmuxTerminal::status() const {
    const auto file = folder_.path() / "status";
    const Instant give_up = MonotonicClock::now() + 60s;
    while (MonotonicClock::now() < give_up) {
        if (std::filesystem::exists(folder_.path() / "stty")) return std::stoi(read_text(file));
        std::this_thread::sleep_for(50ms);
    }
    return -1;
}

std::string TmuxTerminal::settings() const { return status() >= 0 ? read_text(folder_.path() / "stty") : ""; }

} // namespace halfopen::testing
