#pragma once
// What the terminal can do, and a status block that is drawn over itself.

#include <string>

namespace halfopen {

struct Terminal {
    int columns = 80;
    bool is_tty = false; ///< stderr, where progress goes
    bool ascii = false;  ///< no Unicode: --ascii, or a locale that is not UTF-8
    bool colour = false;
};

/// `colour` is "auto", "always" or "never"; a flag beats NO_COLOR, that beats FORCE_COLOR, that beats the terminal.
Terminal look_at_terminal(const std::string& colour, bool ascii);

/// What a person types here for this program: "halfopen", or "./halfopen" in a clone, whose script says so.
std::string typed_name();

/// A block of lines at the end of stderr that is redrawn in place, in one write() per frame. No alternate screen:
/// the scroll-back keeps what was there. The cursor is shown again when it goes.
class StatusBlock {
public:
    StatusBlock();
    ~StatusBlock();
    void draw(const std::string& text);
    /// Removes the block, so that ordinary lines can follow.
    void clear();

private:
    int lines_ = 0;
};

} // namespace halfopen
