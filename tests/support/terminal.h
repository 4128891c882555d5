#pragma once
// A real terminal, driven by tmux: keys are sent, the screen is read.

#include <string>
#include <vector>

#include "harness/base/time.h"
#include "support/folder.h"

#define NEEDS_TMUX \
    if (!halfopen::is_on_path("tmux")) HALFOPEN_SKIP("no tmux on the PATH (apt-get install tmux)")

namespace halfopen::testing {

class TmuxTerminal {
public:
    /// Runs the program under test in a terminal of its own; `environment` are words NAME=value.
    TmuxTerminal(const std::vector<std::string>& arguments, const std::vector<std::string>& environment, int columns = 80);
    ~TmuxTerminal();
    TmuxTerminal(const TmuxTerminal&) = delete;

    /// Types text and Enter.
    void type(const std::string& text);
    /// A key by tmux's name: "C-c".
    void key(const std::string& name);
    /// All that was printed, lines joined where they were wrapped.
    std::string screen() const;
    /// Waits until `text` stands on the screen; false when it did not within `at_most`.
    bool shows(const std::string& text, Duration at_most = std::chrono::seconds{90}) const;
    /// The same for the last line, where the program waits for an answer.
    bool asks(const std::string& prompt, Duration at_most = std::chrono::seconds{90}) const;
    bool cursor_is_visible() const;
    /// No line was so long that the terminal had to break it, but for a last one that is being typed on.
    bool is_unbroken() const;
    /// Anything is bold or coloured.
    bool has_colour() const;
    /// What `stty -a` says of it.
    std::string settings() const;
    /// The exit status, once the program has ended; waits for it.
    int status() const;

private:
    std::string tmux(const std::vector<std::string>& words) const;
    Folder folder_;
};

} // namespace halfopen::testing
