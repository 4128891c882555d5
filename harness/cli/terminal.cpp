#include "harness/cli/terminal.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace halfopen {

namespace {

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

int columns_of(int fd) {
    winsize size{};
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    const int columns = std::atoi(std::string(environment("COLUMNS")).c_str());
    return columns > 0 ? columns : 80;
}

bool is_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view value = environment(name);
        if (!value.empty()) return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
    }
    return false;
}

void write_all(std::string_view text) {
    while (!text.empty()) {
        const ssize_t n = write(STDERR_FILENO, text.data(), text.size());
        if (n <= 0) return;
        text.remove_prefix(static_cast<size_t>(n));
    }
}

} // namespace

Terminal look_at_terminal(const std::string& colour, bool ascii) {
    Terminal t;
    const bool dumb = environment("TERM") == "dumb" || environment("TERM").empty();
    t.is_tty = isatty(STDERR_FILENO) && !dumb;
    t.columns = columns_of(STDERR_FILENO);
    t.ascii = ascii || !is_utf8();
    const bool forced = !environment("FORCE_COLOR").empty() || !environment("CLICOLOR_FORCE").empty();
    t.colour = colour == "always" || (colour == "auto" && environment("NO_COLOR").empty() && (forced || t.is_tty));
    return t;
}

std::string typed_name() {
    const std::string_view name = environment("HALFOPEN_TYPED_AS");
    return std::string(name.empty() ? "halfopen" : name);
}

StatusBlock::StatusBlock() { write_all("\033[?25l"); }

StatusBlock::~StatusBlock() { write_all("\033[?25h"); }

void StatusBlock::clear() {
    if (lines_ > 0) write_all(fmt::format("\033[{}F\033[J", lines_));
    lines_ = 0;
}

void StatusBlock::draw(const std::string& text) {
    std::string frame = "\033[?2026h"; // Synchronized update, where the terminal knows it.
    if (lines_ > 0) frame += fmt::format("\033[{}F", lines_);
    for (const char c : text) frame += c == '\n' ? std::string("\033[K\n") : std::string(1, c);
    if (!text.empty() && text.back() != '\n') frame += "\033[K\n";
    frame += "\033[J\033[?2026l";
    write_all(frame);
    lines_ = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + (text.empty() || text.back() == '\n' ? 0 : 1);
}

} // namespace halfopen
