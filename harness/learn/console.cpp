#include "harness/learn/console.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "reports/text.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// The longest line that a text is filled to: longer ones are hard to read.
constexpr int widest = 90;

/// Markdown's marks for code and emphasis mean nothing in a terminal.
std::string without_marks(const std::string& markdown) {
    std::string text = plain(markdown);
    std::erase(text, '`');
    return text;
}

std::string without_blanks_around(std::string text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && is_blank(text.back())) text.pop_back();
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_blank));
    return text;
}

} // namespace

Console::Console(const ConsoleStyle& style) : style_(style) {}

size_t Console::width() const { return static_cast<size_t>(std::clamp(style_.columns - 1, 30, widest)); }

void Console::write(const std::string& text) {
    const std::string all = (has_status_ ? "\r\033[K" : "") + (style_.ascii ? ascii(text) : text);
    has_status_ = false;
    std::string_view rest = all;
    while (!rest.empty()) {
        const ssize_t n = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) throw SystemError("writing to the terminal", errno);
        rest.remove_prefix(static_cast<size_t>(n));
    }
}

void Console::line(const std::string& text) { write(text + "\n"); }

void Console::heading(const std::string& text) { line(style_.colour ? "\033[1m" + text + "\033[0m" : text); }

void Console::prose(const std::string& markdown) {
    std::string paragraph;
    const auto end_paragraph = [&] {
        if (!paragraph.empty()) line(wrapped(without_marks(paragraph), width()));
        paragraph.clear();
    };
    size_t begin = 0;
    while (begin <= markdown.size()) {
        const size_t end = std::min(markdown.find('\n', begin), markdown.size());
        const std::string text = markdown.substr(begin, end - begin);
        begin = end + 1;
        if (text.starts_with("    ") || text.empty()) {
            end_paragraph();
            line(text.starts_with("    ") ? text.substr(2) : text);
        } else {
            paragraph += (paragraph.empty() ? "" : " ") + text;
        }
    }
    end_paragraph();
}

std::optional<std::string> Console::ask(const std::string& prompt) {
    write(prompt);
    for (;;) {
        if (auto line = next_line()) return without_blanks_around(*line);
        if (ended_) {
            write("\n");
            return std::nullopt;
        }
        wait_for_input(std::nullopt);
    }
}

std::optional<std::string> Console::next_line() {
    const size_t end = read_.find('\n');
    if (end == read_.npos && !(ended_ && !read_.empty())) return std::nullopt;
    std::string line = read_.substr(0, end);
    read_.erase(0, end == read_.npos ? end : end + 1);
    return line;
}

bool Console::wait_for_input(std::optional<Duration> at_most) {
    pollfd fds[2] = {{ended_ ? -1 : STDIN_FILENO, POLLIN, 0}, {interrupts_.fd(), POLLIN, 0}};
    poll(fds, 2, at_most ? static_cast<int>(*at_most / 1ms) : -1);
    if (const int signal = interrupts_.take()) throw Interrupted{signal};
    if (!fds[0].revents) return false;
    char bytes[4096];
    const ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n <= 0) ended_ = true;
    else read_.append(bytes, static_cast<size_t>(n));
    return n > 0;
}

void Console::status(const std::string& text) {
    if (style_.plain) return;
    write("\r\033[K" + cut(text, width()));
    has_status_ = true;
}

bool Console::pause(Duration length) {
    if (style_.plain) { // What stands in the pipe answers the next question.
        if (const int signal = interrupts_.take()) throw Interrupted{signal};
        return false;
    }
    const Instant until = MonotonicClock::now() + length;
    do {
        wait_for_input(std::max<Duration>(until - MonotonicClock::now(), 0ns));
        if (const auto line = next_line()) {
            write("\033[A\r\033[K"); // The terminal has shown that Enter; the line goes on where it was.
            return true;
        }
    } while (MonotonicClock::now() < until && !ended_);
    return false;
}

} // namespace halfopen
