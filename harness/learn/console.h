#pragma once
// A conversation in a terminal, line by line. Nothing is ever drawn over but one line while something is waited for, no mode
// of the terminal is changed, and so there is nothing to restore: the same works through a pipe and for a screen reader.

#include <functional>
#include <optional>
#include <string>

#include "harness/base/time.h"
#include "harness/linux/interrupts.h"

namespace halfopen {

/// Ctrl-C or SIGTERM came. No error: what was done is kept.
struct Interrupted {
    int signal;
};

struct ConsoleStyle {
    int columns = 80;
    bool plain = false;  ///< whole lines only: for a screen reader, a pipe, a dumb terminal
    bool ascii = false;
    bool colour = false;
};

class Console {
public:
    explicit Console(const ConsoleStyle&);
    const ConsoleStyle& style() const { return style_; }

    /// Text as it is, and a newline.
    void line(const std::string& text = "");
    /// Markdown in short: paragraphs are filled to the width, indented blocks stay as they are, marks for code and emphasis go.
    void prose(const std::string& markdown);
    /// A line in bold, where there is colour.
    void heading(const std::string& text);
    /// The width that text is filled to.
    size_t width() const;

    /// A line of input, without blanks around it. Nothing at the end of the input. Throws Interrupted.
    std::optional<std::string> ask(const std::string& prompt);
    /// Takes the place of the status line; in plain style it is left out.
    void status(const std::string& text);
    /// Waits; true when Enter was pressed before that. In plain style it does not wait. Throws Interrupted.
    bool pause(Duration);

private:
    bool wait_for_input(std::optional<Duration>);
    std::optional<std::string> next_line();
    void write(const std::string& text);

    ConsoleStyle style_;
    Interrupts interrupts_;
    std::string read_;  ///< what came, and is no whole line yet
    bool ended_ = false, has_status_ = false;
};

} // namespace halfopen
